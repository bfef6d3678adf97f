import FoundationEssentials
import NIOCore
import NIOPosix

/// The process that started this one and waits to hear how it is: systemd, for a unit of `Type=notify`.
///
/// ## Concurrency
/// Every message is one datagram, which the system takes whole from any thread.
final class Supervisor: Sendable {
    private let socket: NotifySocket
    private let heartbeat: Duration?

    init?(_ wishes: SupervisorWishes) {
        guard let socket = NotifySocket(name: wishes.socket) else { return nil }
        self.socket = socket
        heartbeat = wishes.heartbeat
    }

    /// The one that the environment names, which is taken out of the environment; nil for most processes.
    static func inherited() -> Supervisor? {
        let process = ProcessInfo.processInfo
        let wishes = SupervisorWishes(process.environment, pid: process.processIdentifier)
        guard let wishes else { return nil }
        NotifySocket.forget(SupervisorWishes.variables)
        return Supervisor(wishes)
    }

    /// It serves, or serves again after it has read its configuration.
    func ready() { socket.send("READY=1") }

    /// It reads its configuration; ``ready()`` follows.
    func reloading() {
        // The clock of this is CLOCK_MONOTONIC, which is what systemd compares with.
        socket.send("RELOADING=1\nMONOTONIC_USEC=\(NIODeadline.now().uptimeNanoseconds / 1000)")
    }

    /// It ends, for which it has that much time, whatever the unit says.
    func stopping(within patience: Duration) {
        socket.send("STOPPING=1\nEXTEND_TIMEOUT_USEC=\(Int64(patience / .microseconds(1)))")
    }

    /// One line about how everything is.
    func says(_ line: String) { socket.send("STATUS=\(line)") }

    /// Shows again and again that this process lives, until it is cancelled.
    ///
    /// Each sign comes after every event loop has answered: one that hangs serves nobody, and there is no sign of life.
    func beat(_ loops: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton) async throws {
        guard let heartbeat else { return }
        while !Task.isCancelled {
            for loop in loops.makeIterator() { try await loop.submit {}.get() }
            socket.send("WATCHDOG=1")
            try await Task.sleep(for: heartbeat)
        }
    }
}
