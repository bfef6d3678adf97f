import Agent
import Settings

/// How an agent is, in one line for whoever lists services.
enum StatusLine {
    /// What `systemctl status` has room for.
    private static let longest = 200

    static func of(_ status: AgentStatus) -> String {
        let up = status.tunnels.count { $0.phase == .connected }
        let tunnels = "\(up) of \(status.tunnels.count) tunnels up"
        var parts = [tunnels]
        if up == 0, let problem = status.problem { parts.append(problem) }
        let serving = status.endpoints.filter { $0.state == .serving }.map(\.name)
        parts.append(serving.isEmpty ? "no endpoint is served" : "serving \(serving.joined(separator: ", "))")
        let refused = status.endpoints.filter { $0.state == .refused }.map(\.name)
        if !refused.isEmpty { parts.append("refused \(refused.joined(separator: ", "))") }
        return TerminalText.escaped(parts.joined(separator: "; "), limit: longest)
    }
}
