import AdminHTTP
import Agent
import Telemetry

/// The answer to `GET /livez`.
struct Liveness: Codable {
    let status: Int
}

/// The answer to `GET /readyz`, in the words that probes of other tunnels know.
struct Readiness: Codable, Equatable {
    let status: Int
    let readyConnections: Int
    /// Endpoints that an edge sends visitors to.
    let servingEndpoints: Int
    /// Endpoints whose last probe did not come round.
    let failingEndpoints: [String]
    /// Why the agent is not ready, when there is a reason.
    let problem: String?

    init(_ agent: AgentStatus) {
        status = agent.isReady ? 200 : 503
        readyConnections = agent.tunnels.count { $0.phase == .connected }
        servingEndpoints = agent.endpoints.count { $0.state == .serving }
        let failing = agent.endpoints.filter { $0.probe?.ok == false }
        failingEndpoints = failing.map(\.name)
        problem = agent.problem ?? failing.compactMap(\.probe?.problem).first
    }
}

/// The answer to `GET /version`, and what `version --json` prints.
struct VersionDocument: Codable, Equatable {
    /// Name and version of the program.
    let version: String
    /// The version of the local API.
    let api: Int

    static let own = VersionDocument(version: AgentVersion.text, api: LocalAPI.version)
}

extension LocalAPI {
    /// How everything is, with what the engine does not know: endpoints that are stopped, and a file that is wrong.
    var status: AgentStatus {
        get async {
            var status = state.current
            for listing in await desk.listings where !listing.enabled {
                var stopped = EndpointStatus(
                    name: listing.name,
                    kind: listing.spec.kind,
                    target: listing.spec.target
                )
                (stopped.state, stopped.origin) = (.stopped, nil)
                status.endpoints.append(stopped)
            }
            let problems = actions.configurationProblems()
            status.configurationProblems = problems.isEmpty ? nil : problems
            return status
        }
    }

    var readiness: AdminResponse {
        let readiness = Readiness(state.current)
        return Self.json(readiness, status: readiness.status)
    }

    var metrics: AdminResponse {
        registry.map { .metrics($0.render()) } ?? .text("this agent keeps no metrics\n", status: 404)
    }
}
