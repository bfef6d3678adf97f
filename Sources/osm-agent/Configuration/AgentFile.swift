import Agent
import Settings

/// Everything that the configuration files, the environment and the flags say together, checked.
struct AgentFile: Sendable {
    /// The files that were read, the weakest first; none when there is none.
    let paths: [String]
    /// The settings, and whose word each is.
    let resolution: AgentSettings.Table.Resolution
    /// The endpoints, in the order in which the files name them first.
    let endpoints: [FileEndpoint]

    var settings: AgentSettings { resolution.target }
    var specs: [EndpointSpec] { endpoints.map(\.spec) }

    /// Puts files together: an endpoint of a later one replaces one of the same name as a whole.
    static func merged(_ parts: [AgentFilePart]) throws(SettingsProblems) -> [FileEndpoint] {
        var endpoints: [FileEndpoint] = []
        for endpoint in parts.flatMap(\.endpoints) {
            if let index = endpoints.firstIndex(where: { $0.spec.name == endpoint.spec.name }) {
                endpoints[index] = endpoint
            } else {
                endpoints.append(endpoint)
            }
        }
        let problems = rivals(endpoints)
        guard problems.isEmpty else { throw SettingsProblems(problems) }
        return endpoints
    }

    /// Endpoints that ask the edge for what another one asks for already.
    private static func rivals(_ endpoints: [FileEndpoint]) -> [SettingsProblem] {
        var owners: [String: FileEndpoint] = [:]
        return endpoints.compactMap { endpoint in
            guard let wish = wish(endpoint.spec) else { return nil }
            guard let owner = owners[wish.text] else {
                owners[wish.text] = endpoint
                return nil
            }
            let text = "\(wish.text) is asked for by the endpoint '\(owner.spec.name)' (\(owner.place(of: wish.key)))"
            return SettingsProblem(endpoint.place(of: wish.key), text)
        }
    }

    private static func wish(_ spec: EndpointSpec) -> (key: String, text: String)? {
        if let hostname = spec.hostname { return ("hostname", "the hostname '\(hostname.lowercased())'") }
        return spec.port.map { ("port", "the \(spec.kind.uppercased()) port \($0)") }
    }
}
