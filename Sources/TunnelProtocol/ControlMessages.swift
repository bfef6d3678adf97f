/// What an agent says on the control stream.
package enum AgentMessage: Sendable, Equatable {
    case hello(Hello)
    case register(Register)
    case unregister(Unregister)
    case renew(Renew)
    case heartbeat(Beat)
    case ack(Beat)
}

/// What an edge says on the control stream.
package enum EdgeMessage: Sendable, Equatable {
    case welcome(Welcome)
    case registered(Registered)
    case refused(Refused)
    case renewed(Renewed)
    /// On the wire a `refused`, too: its code tells them apart.
    case renewalRefused(RenewalRefused)
    case heartbeat(Beat)
    case ack(Beat)
    case drain(Drain)
    case superseded(Superseded)
}

/// The agent's first message: who is speaking.
package struct Hello: Codable, Sendable, Equatable {
    package var `protocol`: Int
    /// Name and version of the software.
    package var agent: String
    /// Sixteen hexadecimal digits, new for each process.
    package var instance: String
    /// Unix time in milliseconds when this dial began; strictly increasing within a process.
    package var epoch: UInt64
    /// Which of the process's tunnels this is, from 0.
    package var slot: Int

    package init(agent: String, instance: String, epoch: UInt64, slot: Int) {
        self.protocol = TunnelConstants.protocolVersion
        self.agent = agent
        self.instance = instance
        self.epoch = epoch
        self.slot = slot
    }

    enum CodingKeys: CodingKey { case `protocol`, agent, instance, epoch, slot }
}

/// The edge's answer to hello.
package struct Welcome: Codable, Sendable, Equatable {
    package var `protocol` = TunnelConstants.protocolVersion
    /// Name and version of the software.
    package var edge: String
    package var epoch: UInt64
    /// Which of the edge's event loops this tunnel is served by, from 0, and how many there are.
    package var loop: Int
    package var loops: Int
    package var heartbeatSeconds: Int
    package var deadAfterSeconds: Int
    package var baseDomain: String
    /// The key exchange of this connection, such as X25519MLKEM768.
    package var keyExchange: String
    /// The agent's address as the edge sees it.
    package var client: String
    package var maxBindings: Int

    package init(edge: String, epoch: UInt64, baseDomain: String, keyExchange: String, client: String) {
        self.edge = edge
        self.epoch = epoch
        loop = 0
        loops = 1
        heartbeatSeconds = Int(TunnelConstants.heartbeatInterval.components.seconds)
        deadAfterSeconds = Int(TunnelConstants.deadAfter.components.seconds)
        self.baseDomain = baseDomain
        self.keyExchange = keyExchange
        self.client = client
        maxBindings = TunnelConstants.bindingsPerDevice
    }

    enum CodingKeys: String, CodingKey {
        case `protocol`, edge, epoch, loop, loops, client
        case heartbeatSeconds = "heartbeat_seconds"
        case deadAfterSeconds = "dead_after_seconds"
        case baseDomain = "base_domain"
        case keyExchange = "key_exchange"
        case maxBindings = "max_bindings"
    }
}

/// The agent asks for a name or a port.
package struct Register: Codable, Sendable, Equatable {
    /// Chosen by the agent; the answer carries it.
    package var ref: Int
    /// What is bound: the word of a ``BindingKind``.
    package var kind: String
    /// A full name, or one label to be completed with the base domain; nil leaves the choice to the edge.
    package var host: String?
    /// The public port of a TCP or UDP binding; nil leaves the choice to the edge.
    package var port: Int?

    package init(ref: Int, kind: String, host: String?, port: Int? = nil) {
        self.ref = ref
        self.kind = kind
        self.host = host
        self.port = port
    }

    enum CodingKeys: CodingKey { case ref, kind, host, port }
}

/// The name, or the port, is the agent's.
package struct Registered: Codable, Sendable, Equatable {
    package var ref: Int
    package var binding: String
    package var host: String
    package var url: String
    /// Who can read the traffic: in mode `edge`, whoever runs the edge.
    package var mode: String
    /// The public port of a TCP or UDP binding.
    package var port: Int?

    package init(ref: Int, binding: String, host: String, url: String, mode: String, port: Int? = nil) {
        self.ref = ref
        self.binding = binding
        self.host = host
        self.url = url
        self.mode = mode
        self.port = port
    }

    enum CodingKeys: CodingKey { case ref, binding, host, url, mode, port }
}

/// The edge does not do what was asked.
package struct Refused: Codable, Sendable, Equatable {
    /// The `ref` of what was asked; nil when it is about the whole session.
    package var ref: Int?
    package var code: RegistrationRefusal
    package var message: String
    package var retryAfterSeconds: Int?

    package init(ref: Int?, code: RegistrationRefusal) {
        self.ref = ref
        self.code = code
        message = code.sentence
        retryAfterSeconds = code.isPermanent ? nil : 30
    }

    enum CodingKeys: String, CodingKey {
        case ref, code, message
        case retryAfterSeconds = "retry_after_seconds"
    }
}

/// The agent gives a name back.
package struct Unregister: Codable, Sendable, Equatable {
    package var binding: String

    package init(binding: String) { self.binding = binding }
}

/// A sign of life, and its echo.
package struct Beat: Codable, Sendable, Equatable {
    package var seq: UInt64

    package init(seq: UInt64) { self.seq = seq }

    enum CodingKeys: CodingKey { case seq }
}

/// The edge is going away.
package struct Drain: Codable, Sendable, Equatable {
    package var deadlineSeconds: Int

    package init(deadlineSeconds: Int) { self.deadlineSeconds = deadlineSeconds }

    enum CodingKeys: String, CodingKey { case deadlineSeconds = "deadline_seconds" }
}

/// A newer session of the same device has taken over.
package struct Superseded: Codable, Sendable, Equatable {
    package var epoch: UInt64
    package var instance: String

    package init(epoch: UInt64, instance: String) {
        self.epoch = epoch
        self.instance = instance
    }

    enum CodingKeys: CodingKey { case epoch, instance }
}
