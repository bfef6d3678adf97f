package import FoundationEssentials

/// What an agent is doing: what `status` shows and the local API gives.
package struct AgentStatus: Sendable, Codable, Equatable {
    package enum Phase: String, Sendable, Codable { case connecting, connected, waiting, stopped }

    package var version: String
    package var pid: Int32
    package var device: String
    package var certificateExpires: Date
    /// Why the device's certificate has not been renewed although it is time, or that it has ended; nil when all is well.
    package var certificateProblem: String?
    package var started: Date
    /// What the best of the tunnels is doing.
    package var phase: Phase
    /// Why no tunnel is up, when there is a reason.
    package var problem: String?
    package var tunnels: [TunnelStatus]
    package var endpoints: [EndpointStatus]
    /// What is wrong with the configuration that was read last, while an older one counts; nil when nothing is.
    package var configurationProblems: [String]?

    /// Whether visitors can be served: a tunnel is up, and no endpoint is known to be out of reach.
    package var isReady: Bool {
        phase == .connected && !endpoints.contains(where: \.isOutOfReach)
    }

    private enum CodingKeys: String, CodingKey {
        case version, pid, device, started, phase, problem, tunnels, endpoints
        case certificateExpires = "certificate_expires"
        case certificateProblem = "certificate_problem"
        case configurationProblems = "configuration_problems"
    }
}

/// The device's certificate, as far as its owner has to know.
package struct CertificateStatus: Sendable, Codable, Equatable {
    /// When it ends.
    package var notAfter: Date
    /// Why there is no newer one although it is time.
    package var problem: String?

    package init(notAfter: Date, problem: String? = nil) {
        self.notAfter = notAfter
        self.problem = problem
    }

    private enum CodingKeys: String, CodingKey {
        case notAfter = "not_after"
        case problem
    }
}

/// One tunnel of an agent, or the place of one that is being dialled.
package struct TunnelStatus: Sendable, Codable, Equatable {
    package enum Phase: String, Sendable, Codable { case connecting, connected, draining, waiting, stopped }

    package var edge: String
    /// Which of the tunnels to that edge it is, from 0.
    package var slot: Int
    package var phase = Phase.connecting
    /// What the last failure was, until a tunnel is up again.
    package var problem: String?
    /// How long the pause before the next dial is.
    package var retryInSeconds: Double?
    package var keyExchange: String?
    package var roundTripMilliseconds: Double?
    package var connectedSince: Date?
    /// When the edge said that it shuts down, unless a tunnel has come up since.
    package var drainingSince: Date?
    package var reconnects = 0

    package init(edge: String, slot: Int) {
        self.edge = edge
        self.slot = slot
    }

    private enum CodingKeys: String, CodingKey {
        case edge, slot, phase, problem, reconnects
        case retryInSeconds = "retry_in_seconds"
        case keyExchange = "key_exchange"
        case roundTripMilliseconds = "round_trip_ms"
        case connectedSince = "connected_since"
        case drainingSince = "draining_since"
    }
}

/// One endpoint of an agent, as the edges see it.
package struct EndpointStatus: Sendable, Codable, Equatable {
    package enum State: String, Sendable, Codable {
        /// No edge has answered yet, or no tunnel is up.
        case waiting
        case serving
        /// An edge has said no for good, and no other has said yes.
        case refused
        /// Its owner wants it to rest; an engine knows of none, only who keeps the list does.
        case stopped
    }

    package var name: String
    package var kind: String
    package var target: String
    package var state = State.waiting
    package var host: String?
    package var url: String?
    /// The public port of a TCP or UDP service.
    package var port: Int?
    /// Who can read the traffic: in mode `edge`, whoever runs the edge.
    package var mode: String?
    package var problem: String?
    /// What visitors' requests have shown of the local service; nil only from an agent that does not say.
    package var origin: OriginStatus? = OriginStatus()
    package var probe: ProbeStatus?

    /// Whether visitors are known not to reach it: no edge serves it, or a visit of its own did not come round.
    package var isOutOfReach: Bool { state == .refused || probe?.ok == false }

    package init(name: String, kind: String, target: String) {
        self.name = name
        self.kind = kind
        self.target = target
    }
}

/// How the last request to a local service went; an endpoint may well be served while its service is not running.
package struct OriginStatus: Sendable, Codable, Equatable {
    package enum State: String, Sendable, Codable {
        /// No request has come yet.
        case unknown
        /// The service has answered, whatever it said.
        case ok
        /// The agent had to answer in its place.
        case failing
    }

    package var state: State
    /// Why there was no answer.
    package var problem: String?
    /// When it was first so; requests that end alike leave it as it is.
    package var since: Date?

    package init(state: State = .unknown, problem: String? = nil, since: Date? = nil) {
        self.state = state
        self.problem = problem
        self.since = since
    }
}

/// What came of the last request that the agent sent to itself by the public name.
package struct ProbeStatus: Sendable, Codable, Equatable {
    package var at: Date
    package var ok: Bool
    /// Why it did not come round.
    package var problem: String?
    package var roundTripMilliseconds: Double?

    package init(at: Date, ok: Bool, problem: String? = nil, roundTripMilliseconds: Double? = nil) {
        self.at = at
        self.ok = ok
        self.problem = problem
        self.roundTripMilliseconds = roundTripMilliseconds
    }

    private enum CodingKeys: String, CodingKey {
        case at, ok, problem
        case roundTripMilliseconds = "round_trip_ms"
    }
}
