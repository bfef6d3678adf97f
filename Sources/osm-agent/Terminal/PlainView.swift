import Agent
import NIOCore

/// A line for whoever reads the agent's output, be it a person or a program.
enum SpokenLine: Equatable {
    /// A public URL, for standard output: each one once, whatever happens to the tunnels.
    case address(String)
    /// Anything else, for standard error; one line.
    case news(String)
}

/// One line for each change of state, without colours: for pipes, files and terminals that can do no more.
struct PlainView {
    private let showsRequests: Bool
    private var addresses = NewAddresses()
    private var phases: [String: TunnelStatus.Phase] = [:]
    private var endpoints: [String: EndpointStatus] = [:]

    init(showsRequests: Bool) { self.showsRequests = showsRequests }

    /// What is to be said of an event; nothing when it changes nothing that is worth a line.
    mutating func lines(for event: AgentEvent) -> [SpokenLine] {
        switch event {
        case .tunnel(let status): return lines(for: status)
        case .endpoint(let status): return lines(for: status)
        case .removed(let name):
            endpoints[name] = nil
            return [.news("\(Self.safe(name)) is served no more")]
        case .certificate(let status): return [.news(ViewSentences.certificate(status))]
        case .leaving(let requests): return [.news(ViewSentences.leaving(requests))]
        case .request(let record): return showsRequests ? [.news(line(for: record))] : []
        }
    }

    /// The endpoint stands in front where there are several.
    private func line(for record: RequestRecord) -> String {
        let milliseconds = Double(record.duration.nanoseconds) / 1_000_000
        let words = [
            Self.printable(record.method), Self.printable(record.path), "\(record.status)", "\(record.sent) B",
            "\(Self.tenths(milliseconds)) ms",
        ]
        return ((endpoints.count > 1 ? [Self.safe(record.endpoint)] : []) + words).joined(separator: " ")
    }

    private mutating func lines(for status: TunnelStatus) -> [SpokenLine] {
        let before = phases.updateValue(status.phase, forKey: "\(status.edge) \(status.slot)")
        guard before != status.phase else { return [] }
        switch status.phase {
        case .connecting, .stopped: return []
        case .connected: return [.news("connected to the edge, key exchange \(status.keyExchange ?? "unknown")")]
        case .draining: return [.news("the edge is shutting down; another tunnel is on its way")]
        case .waiting:
            let problem = Self.safe(status.problem ?? "the tunnel was lost")
            let pause = Self.tenths(status.retryInSeconds ?? 0)
            return [.news("not connected: \(problem); trying again in \(pause) s")]
        }
    }

    private mutating func lines(for status: EndpointStatus) -> [SpokenLine] {
        let before = endpoints.updateValue(status, forKey: status.name)
        var lines: [SpokenLine] = []
        if status.state == .serving, let url = status.url, addresses.isNew(url) {
            lines.append(.address(url))
            lines.append(.news("\(url) -> \(Self.safe(status.target))"))
            lines.append(.news(ViewSentences.whoCanRead(status)))
        }
        let changes = [
            refusal(of: status, before), Self.wait(of: status, before), Self.origin(of: status, before),
            Self.probe(of: status, before),
        ]
        return lines + changes.compactMap(\.self).map { SpokenLine.news("\(Self.safe(status.name)) \($0)") }
    }

    /// That the only one is refused is the agent's end, and told as such.
    private func refusal(of status: EndpointStatus, _ before: EndpointStatus?) -> String? {
        guard status.state == .refused, before?.state != .refused, endpoints.count > 1 else { return nil }
        return "is refused: \(Self.safe(status.problem ?? "no reason was given"))"
    }

    /// It is refused for now, and the agent asks again.
    private static func wait(of status: EndpointStatus, _ before: EndpointStatus?) -> String? {
        guard status.state == .waiting, let problem = status.problem, problem != before?.problem else { return nil }
        return "is not served yet: \(safe(problem))"
    }

    private static func origin(of status: EndpointStatus, _ before: EndpointStatus?) -> String? {
        let before = before?.origin?.problem
        guard let problem = status.origin?.problem else {
            return before != nil && status.origin?.state == .ok ? "answers again" : nil
        }
        return problem == before ? nil : "gives no answer: \(safe(problem))"
    }

    private static func probe(of status: EndpointStatus, _ before: EndpointStatus?) -> String? {
        guard let probe = status.probe, probe.ok != before?.probe?.ok ?? true else { return nil }
        guard !probe.ok else { return "can be reached again" }
        return "is out of reach by its public name: \(safe(probe.problem ?? "no answer came"))"
    }

    private static func tenths(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }

    /// A path comes from a visitor: nothing in it may reach the terminal as a command, or look like another field.
    private static func printable(_ text: String) -> String {
        String(text.map { $0.isASCII && ("!"..."~").contains($0) ? $0 : "?" })
    }

    private static func safe(_ text: String) -> String { ViewSentences.oneLine(text) }
}

/// Keeps in mind which addresses have been told.
struct NewAddresses {
    private var told: Set<String> = []
    init() {}
    mutating func isNew(_ url: String) -> Bool { told.insert(url).inserted }
}
