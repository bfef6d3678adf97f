import Agent
import FoundationEssentials
import Settings

/// What an agent is doing, for a person.
enum StatusText {
    static func of(_ status: AgentStatus) -> String {
        var rows = [
            ("agent", "\(status.version), pid \(status.pid), since \(status.started.formatted(.iso8601))"),
            ("device", "\(status.device), certificate until \(status.certificateExpires.formatted(.iso8601))"),
        ]
        if let problem = status.certificateProblem { rows.append(("", problem)) }
        rows.append(("ready", readiness(status)))
        for (index, problem) in (status.configurationProblems ?? []).enumerated() {
            if index == 0 { rows.append(("config", "not reloaded, so that what was read before still counts:")) }
            rows.append(("", problem))
        }
        for tunnel in status.tunnels { rows += self.rows(tunnel) }
        for endpoint in status.endpoints { rows += self.rows(endpoint) }
        if status.endpoints.isEmpty { rows.append(("endpoint", "none; add one with: osm-agent http 3000")) }
        return rows.map { name, text in column(name) + TerminalText.escaped(text) + "\n" }.joined()
    }

    private static func column(_ name: String) -> String {
        name + String(repeating: " ", count: max(1, 10 - name.count))
    }

    private static func readiness(_ status: AgentStatus) -> String {
        if status.isReady { return "yes" }
        if status.phase == .connected {
            let refused = status.endpoints.filter { $0.state == .refused }.map(\.name)
            guard refused.isEmpty else { return "no: refused by the edge: \(refused.joined(separator: ", "))" }
            let failing = status.endpoints.filter { $0.probe?.ok == false }.map(\.name)
            return "no: out of reach by the public name: \(failing.joined(separator: ", "))"
        }
        return "no: \(status.problem ?? "no tunnel is up yet")"
    }

    private static func rows(_ tunnel: TunnelStatus) -> [(String, String)] {
        var facts = ["\(tunnel.edge) #\(tunnel.slot)", tunnel.phase.rawValue]
        if let since = tunnel.connectedSince { facts.append("since \(since.formatted(.iso8601))") }
        if let roundTrip = tunnel.roundTripMilliseconds { facts.append("round trip \(rounded(roundTrip)) ms") }
        if let keyExchange = tunnel.keyExchange { facts.append("key exchange \(keyExchange)") }
        if tunnel.reconnects > 0 { facts.append("reconnected \(tunnel.reconnects) times") }
        var rows = [("tunnel", facts.joined(separator: ", "))]
        if let problem = tunnel.problem {
            let pause = tunnel.retryInSeconds.map { "; trying again in \(rounded($0)) s" } ?? ""
            rows.append(("", problem + pause))
        }
        return rows
    }

    private static func rows(_ endpoint: EndpointStatus) -> [(String, String)] {
        let address = endpoint.state == .stopped ? "" : ": \(endpoint.url ?? "(no address yet)")"
        var rows = [("endpoint", "\(endpoint.name), \(endpoint.state.rawValue)\(address) -> \(endpoint.target)")]
        if let problem = endpoint.problem { rows.append(("", problem)) }
        if let origin = endpoint.origin, let problem = origin.problem {
            let since = origin.since.map { " since \($0.formatted(.iso8601))" } ?? ""
            rows.append(("", "requests fail\(since): \(problem)"))
        }
        if let probe = endpoint.probe {
            let took = probe.roundTripMilliseconds.map { " in \(rounded($0)) ms" } ?? ""
            let outcome = probe.ok ? "came round\(took)" : "failed: \(probe.problem ?? "no answer")"
            rows.append(("", "probe of \(probe.at.formatted(.iso8601)) \(outcome)"))
        }
        return rows
    }

    /// To hundredths.
    private static func rounded(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
}
