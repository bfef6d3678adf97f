import FoundationEssentials
import NIOCore
import NIOPosix
import TunnelProtocol

/// Notices that this machine slept or that its addresses changed, so that an agent need not wait for a timeout.
package struct NetworkWatch: Sendable {
    private let read: @Sendable () -> SleepJudge.Reading
    private let look: @Sendable () async -> NetworkSnapshot?
    private let pause: @Sendable (Duration) async throws -> Void

    /// How often the clocks are read; addresses every second time.
    private static let interval = Duration.seconds(1)

    /// Watches this machine.
    package init() {
        let start = (whole: ContinuousClock.now, awake: SuspendingClock.now)
        self.init(
            read: { .init(whole: ContinuousClock.now - start.whole, awake: SuspendingClock.now - start.awake) },
            look: { await NetworkSnapshot.current() },
            pause: { try await Task.sleep(for: $0, clock: .suspending) }
        )
    }

    init(
        read: @escaping @Sendable () -> SleepJudge.Reading,
        look: @escaping @Sendable () async -> NetworkSnapshot?,
        pause: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.read = read
        self.look = look
        self.pause = pause
    }

    /// Watches until the task is cancelled.
    ///
    /// - Parameter tell: Called in turn for each change; one that takes seconds looks like a sleep afterwards.
    package func run(_ tell: (NetworkChange) async -> Void) async {
        var sleep = SleepJudge()
        var network = NetworkJudge()
        var looks = true
        while !Task.isCancelled {
            if let away = sleep.read(read()) {
                await tell(.woke(after: away))
                looks = true
            }
            if looks, let snapshot = await look(), let change = network.look(snapshot) { await tell(change) }
            looks.toggle()
            do { try await pause(Self.interval) } catch { return }
        }
    }
}

extension NetworkSnapshot {
    /// Asks the system, on a thread where that may take its time; nil when it does not say.
    static func current() async -> NetworkSnapshot? {
        do {
            return try await NIOThreadPool.singleton.runIfActive {
                NetworkSnapshot(
                    addresses: Set(try System.enumerateDevices().compactMap { word($0.address) }),
                    defaultRoutes: linuxRoutes()
                )
            }
        } catch {
            return nil
        }
    }

    /// The address as a word; nil for one that leads nowhere.
    private static func word(_ address: SocketAddress?) -> String? {
        guard let address = IPAddress(address), !address.isLoopback else { return nil }
        return linkLocal.contains { $0.contains(address) } ? nil : address.description
    }

    /// 169.254.0.0/16 (RFC 3927) and fe80::/10 (RFC 4291, 2.5.6).
    private static let linkLocal = [
        AddressBlock(IPAddress(family: .v4, bits: 0xA9FE_0000), length: 16),
        AddressBlock(IPAddress(family: .v6, bits: 0xFE80 << 112), length: 10),
    ]

    /// The IPv4 default routes of Linux as interface and gateway; empty elsewhere.
    private static func linuxRoutes() -> Set<String> {
        guard let table = FileManager.default.contents(atPath: "/proc/net/route") else { return [] }
        return defaultRoutes(inTable: String(decoding: table, as: UTF8.self))
    }

    /// Reads the table that `/proc/net/route` shows: interface, destination and gateway in hexadecimal, and more.
    static func defaultRoutes(inTable table: String) -> Set<String> {
        let lines = table.split(separator: "\n").dropFirst().prefix(4096)
        return Set(
            lines.compactMap { line in
                let columns = line.split(whereSeparator: \.isWhitespace)
                guard columns.count > 2, columns[1] == "00000000" else { return nil }
                return "\(columns[0]) \(columns[2])"
            }
        )
    }
}
