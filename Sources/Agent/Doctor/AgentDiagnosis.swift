/// What the running agent says of itself.
enum AgentDiagnosis {
    /// Of the agent itself, and of each endpoint that visitors do not reach.
    static func findings(_ status: AgentStatus?) -> [DoctorFinding] {
        [finding(status)] + (status?.endpoints ?? []).filter(\.isOutOfReach).map(unreached)
    }

    private static func unreached(_ endpoint: EndpointStatus) -> DoctorFinding {
        if endpoint.state == .refused {
            return DoctorFinding(
                .agent,
                .edge,
                .fail,
                "No edge serves it: \(sentence(endpoint.problem ?? "The name was refused"))",
                nextStep: "Choose another name, or start this endpoint again when the name is free.",
                subject: endpoint.name
            )
        }
        return DoctorFinding(
            .agent,
            .network,
            .fail,
            "A request to \(endpoint.url ?? "its public name") did not come round: \(sentence(endpoint.probe?.problem ?? "no answer"))",
            nextStep: "Check the DNS of that name, and what stands in front of the edge.",
            subject: endpoint.name
        )
    }

    private static func sentence(_ words: String) -> String { words.hasSuffix(".") ? words : "\(words)." }

    private static func finding(_ status: AgentStatus?) -> DoctorFinding {
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
