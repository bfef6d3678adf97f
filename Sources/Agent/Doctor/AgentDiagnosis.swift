/// What the running agent says of itself.
enum AgentDiagnosis {
    static func finding(_ status: AgentStatus?) -> DoctorFinding {
        guard let status else {
            let step = "Start one with: osm-agent http 3000"
            return DoctorFinding(.agent, .machine, .warn, "No agent runs here.", nextStep: step)
        }
        let up = status.tunnels.count { $0.phase == .connected }
        let draining = status.tunnels.filter { $0.drainingSince != nil }
        if let tunnel = draining.first, up == 0 {
            let words = "The edge at \(tunnel.edge) is draining, and the running agent has no other tunnel yet."
            return DoctorFinding(.agent, .edge, .warn, words, nextStep: "Wait for its successor.", subject: tunnel.edge)
        }
        guard up > 0 else {
            let problem = status.problem ?? status.tunnels.compactMap(\.problem).first ?? "it is still connecting"
            let words = "The running agent has no tunnel: \(problem)."
            return DoctorFinding(.agent, .machine, .warn, words, nextStep: "See to the faults above.")
        }
        return DoctorFinding(.agent, .machine, .ok, "The running agent has \(up) of \(status.tunnels.count) tunnels.")
    }
}
