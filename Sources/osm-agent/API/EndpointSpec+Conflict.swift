import Agent

extension EndpointSpec {
    /// Looks whether this endpoint can stand beside another.
    ///
    /// - Parameters:
    ///   - other: The one that is there already.
    ///   - name: The public name that is asked for on its behalf; nil when that is the edge's choice.
    /// - Returns: Why it cannot; nil when it can.
    func conflict(with other: EndpointSpec, servedAs name: String?) -> APIProblem? {
        let owner = "The endpoint '\(other.name)' -> \(other.target)"
        let stop = "or stop that one first: osm-agent stop \(other.name)"
        if let hostname, [other.hostname, name].contains(where: { $0?.lowercased() == hostname.lowercased() }) {
            return APIProblem(
                .nameInUse,
                "\(owner) of this agent has the public name '\(hostname)' already.",
                "Choose another with --name, \(stop)"
            )
        }
        if rivals(other), let port {
            return APIProblem(
                .nameInUse,
                "\(owner) of this agent has the public \(kind.uppercased()) port \(port) already.",
                "Choose another with --port, \(stop)"
            )
        }
        guard self.name == other.name else { return nil }
        return APIProblem(
            .nameInUse,
            "\(owner) of this agent is called that already.",
            "Call this one something else with --label, \(stop)"
        )
    }
}
