import Agent

/// One endpoint as the local API lists it: what was asked for, by whom, and what has come of it.
struct EndpointListing: Sendable, Equatable, Codable {
    /// Where an endpoint comes from, which decides when it goes.
    enum Source: String, Sendable, Codable {
        /// The command that started the agent.
        case command
        /// A configuration file.
        case file
        /// The local API; remembered when the agent keeps a state file.
        case added
        /// A command that is attached to the agent; gone with it.
        case attached
    }

    let name: String
    let source: Source
    let enabled: Bool
    let spec: EndpointSpec
    /// Absent for an endpoint that is not enabled.
    let status: EndpointStatus?
}

/// The answer to `GET /v1/endpoints`.
struct EndpointList: Sendable, Equatable, Codable {
    let endpoints: [EndpointListing]
}

/// A change of the endpoints that should outlive the agent.
enum EndpointChange: Sendable, Equatable {
    case added(EndpointSpec)
    case removed(name: String)
    case enabled(Bool, name: String)
}
