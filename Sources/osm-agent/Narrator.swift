import Agent
import NIOCore
import Telemetry

/// Tells a person what happens: the URL on standard output, everything else on standard error.
struct Narrator {
    private let showsRequests: Bool
    private var printed: Set<String> = []
    private var phases: [String: TunnelStatus.Phase] = [:]

    init(showsRequests: Bool) { self.showsRequests = showsRequests }

    mutating func tell(_ event: AgentEvent) {
        switch event {
        case .tunnel(let status): tell(status)
        case .endpoint(let status): tell(status)
        case .removed(let name): StandardStream.error.write("\(name) is served no more\n")
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

    private mutating func tell(_ status: TunnelStatus) {
        guard phases.updateValue(status.phase, forKey: "\(status.edge) \(status.slot)") != status.phase else { return }
        switch status.phase {
        case .connecting, .stopped: break
        case .connected:
            StandardStream.error.write("connected to the edge, key exchange \(status.keyExchange ?? "unknown")\n")
        case .draining:
            StandardStream.error.write("the edge is shutting down; another tunnel is on its way\n")
        case .waiting:
            let problem = status.problem ?? "the tunnel was lost"
            let pause = tenths(status.retryInSeconds ?? 0)
            StandardStream.error.write("not connected: \(problem); trying again in \(pause) s\n")
        }
    }

    private mutating func tell(_ status: EndpointStatus) {
        guard status.state == .serving, let url = status.url else { return }
        // A script reads the URL once; after a reconnect it is the same.
        guard printed.insert(url).inserted else { return }
        StandardStream.output.write("\(url)\n")
        StandardStream.error.write("\(url) -> \(status.target)\n\(Self.whoCanRead(status.mode ?? "edge"))\n")
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
