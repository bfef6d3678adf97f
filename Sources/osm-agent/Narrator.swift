import Agent
import NIOCore
import Synchronization
import Telemetry
import TunnelProtocol

/// Tells a person what happens: the URL on standard output, everything else on standard error.
final class Narrator: Sendable {
    private let showsRequests: Bool
    private let printed = Mutex<Set<String>>([])

    init(showsRequests: Bool) { self.showsRequests = showsRequests }

    func tell(_ event: AgentEvent) {
        switch event {
        case .connecting: break
        case .connected(let keyExchange):
            StandardStream.error.write("connected to the edge, key exchange \(keyExchange)\n")
        case .registered(let registered, let target):
            // A script reads the URL once; after a reconnect it is the same.
            if printed.withLock({ $0.insert(registered.url).inserted }) {
                StandardStream.output.write("\(registered.url)\n")
            }
            StandardStream.error.write("\(registered.url) -> \(target)\n\(Self.whoCanRead(registered.mode))\n")
        case .lost(let problem, let pause):
            let seconds = Double(pause.components.seconds) + Double(pause.components.attoseconds) / 1e18
            StandardStream.error.write("not connected: \(problem); trying again in \(tenths(seconds)) s\n")
        case .draining:
            StandardStream.error.write("the edge is shutting down; another tunnel is on its way\n")
        case .leaving(let requests):
            let what = requests == 1 ? "1 request is" : "\(requests) requests are"
            StandardStream.error.write("leaving: \(what) under way; a second signal ends at once\n")
        case .request(let record):
            guard showsRequests else { return }
            let milliseconds = Double(record.duration.nanoseconds) / 1_000_000
            let line =
                "\(record.method) \(printable(record.path)) \(record.status) \(record.sent) B \(tenths(milliseconds)) ms"
            StandardStream.error.write(line + "\n")
        }
    }

    private static func whoCanRead(_ mode: String) -> String {
        mode == "edge"
            ? "mode edge: whoever runs the edge can read this traffic"
            : "mode \(mode)"
    }

    private func tenths(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }

    /// A path comes from a visitor: nothing in it may reach the terminal as a command.
    private func printable(_ text: String) -> String {
        String(text.map { $0.isASCII && ("!"..."~").contains($0) ? $0 : "?" })
    }
}
