package import FoundationEssentials
import Synchronization
package import TunnelProtocol

/// What an agent is doing, as `status` shows it.
package struct AgentStatus: Sendable, Codable, Equatable {
    package enum Phase: String, Sendable, Codable { case connecting, connected, waiting, stopped }

    package var version: String
    package var pid: Int32
    package var device: String
    package var edge: String
    package var phase: Phase
    /// What the last failure was, when there is one.
    package var problem: String?
    package var keyExchange: String?
    package var roundTripMilliseconds: Double?
    package var connectedSince: Date?
    package var reconnects: Int
    package var certificateExpires: Date
    package var endpoints: [EndpointStatus]

    package struct EndpointStatus: Sendable, Codable, Equatable {
        package var target: String
        package var host: String?
        package var url: String?
        /// Who can read the traffic: in mode `edge`, whoever runs the edge.
        package var mode: String?
    }

    private enum CodingKeys: String, CodingKey {
        case version, pid, device, edge, phase, problem, reconnects, endpoints
        case keyExchange = "key_exchange"
        case roundTripMilliseconds = "round_trip_ms"
        case connectedSince = "connected_since"
        case certificateExpires = "certificate_expires"
    }
}

/// Something that happens to an agent, for whoever watches.
package enum AgentEvent: Sendable {
    case connecting(edge: String)
    case connected(keyExchange: String)
    /// The edge gave a name or a port; the target is in words.
    case registered(Registered, target: String)
    case lost(problem: String, retryIn: Duration)
    /// The edge shuts down; another tunnel is dialled while the streams of this one finish.
    case draining
    /// The agent was told to stop, and so many requests are under way.
    case leaving(requests: Int)
    case request(RequestRecord)
}

/// The present status, readable from any thread.
package final class AgentState: Sendable {
    private let status: Mutex<AgentStatus>

    package init(_ initial: AgentStatus) { status = Mutex(initial) }

    package var current: AgentStatus { status.withLock { $0 } }

    func update(_ change: (inout AgentStatus) -> Void) { status.withLock { change(&$0) } }
}
