import FoundationEssentials
package import Logging
import NIOCore
import NIOPosix
import NIOSSL
import ServiceLifecycle
import Trust
import TunnelProtocol
import TunnelTLS

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// An agent: keeps a tunnel to its edge, whatever happens to it, and serves its endpoints through the tunnel.
package struct AgentService: Service {
    package let state: AgentState
    private let configuration: AgentConfiguration
    private let instance: String
    private let logger: Logger
    private let observe: @Sendable (AgentEvent) -> Void
    private let context: NIOSSLContext

    /// Checks what an edge would say to this device before anything is dialled.
    ///
    /// - Parameters:
    ///   - configuration: Whom to dial and what to serve.
    ///   - pid: This process, as `status` shows it.
    ///   - logger: Where events go.
    ///   - observe: Told of everything that happens; called on an event loop, so it must not block.
    /// - Throws: ``AgentExit``.
    package init(
        configuration: AgentConfiguration,
        pid: Int32,
        logger: Logger,
        observe: @escaping @Sendable (AgentEvent) -> Void
    ) throws {
        self.configuration = configuration
        self.logger = logger
        self.observe = observe
        instance = String((0..<16).compactMap { _ in "0123456789abcdef".randomElement() })
        do throws(PeerRefusal) {
            try configuration.credentials.check(against: configuration.anchors, at: .now)
        } catch {
            throw AgentExit(own: error)
        }
        let credentials = configuration.credentials
        context = try TunnelTLSContext.client(
            certificates: Array(credentials.chainPEM.utf8),
            key: Array(credentials.keyPEM.utf8)
        )
        state = AgentState(
            AgentStatus(
                version: configuration.software,
                pid: pid,
                device: credentials.identity.id,
                edge: configuration.edge.description,
                phase: .connecting,
                reconnects: 0,
                certificateExpires: credentials.identity.notAfter,
                endpoints: configuration.endpoints.map { .init(target: $0.description) }
            )
        )
    }

    /// Runs until it is told to stop.
    ///
    /// - Throws: ``AgentExit`` when dialling again would be of no use.
    package func run() async throws {
        try await cancelWhenGracefulShutdown { try await hold() }
        state.update { $0.phase = .stopped }
    }

    /// Holds a tunnel, and lets what is under way finish when that is to end.
    private func hold() async throws {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let tunnels = try await eventLoop.submit {
            NIOLoopBound(TunnelSet(on: eventLoop), eventLoop: eventLoop)
        }.get()
        try await withTaskCancellationHandler {
            do {
                try await dialAgainAndAgain(eventLoop, tunnels)
            } catch {
                // Another instance serves now, or nobody may: there is nothing to wait for.
                try await eventLoop.flatSubmit { tunnels.value.finish(within: .zero) }.get()
                throw error
            }
            try await eventLoop.flatSubmit { tunnels.value.finish(within: TimeAmount(TunnelConstants.drainTime)) }.get()
        } onCancel: {
            eventLoop.execute { _ = tunnels.value.finish(within: TimeAmount(TunnelConstants.drainTime)) }
        }
    }

    /// Dials, serves until the tunnel ends or its edge drains, waits if need be, and dials again.
    private func dialAgainAndAgain(_ eventLoop: any EventLoop, _ tunnels: NIOLoopBound<TunnelSet>) async throws {
        var backoff = ReconnectBackoff()
        var generator = SystemRandomNumberGenerator()
        var epoch: UInt64 = 0
        while !Task.isCancelled {
            epoch = max(epoch + 1, UInt64(max(0, Date.now.timeIntervalSince1970 * 1000)))
            observe(.connecting(edge: configuration.edge.description))
            state.update { $0.phase = .connecting }
            let hello = Hello(agent: configuration.software, instance: instance, epoch: epoch, slot: 0)
            let dial = TunnelDial(configuration: configuration, hello: hello, context: context, logger: logger)
            let outcome = await dial.run(on: eventLoop, tunnels, state: state, observe: observe)
            if Task.isCancelled { return }
            if state.current.phase == .connected { backoff.connected(at: dial.began) }
            let problem: String
            let retryAfter: Duration?
            switch outcome {
            case .stopped(let exit): throw exit
            case .draining:
                if NIODeadline.now() - dial.began >= Self.shortestTunnel {
                    state.update { $0.reconnects += 1 }
                    continue
                }
                (problem, retryAfter) = ("the edge is shutting down", nil)
            case .ended(let what, let after): (problem, retryAfter) = (what, after)
            }
            let pause = backoff.pause(at: .now(), retryAfter: retryAfter, using: &generator)
            lost(problem, pause)
            do { try await Task.sleep(for: pause) } catch { return }
        }
    }

    /// An edge that drains sooner than this is dialled again after a pause: it might go on for ever.
    private static let shortestTunnel = TimeAmount.seconds(5)

    private func lost(_ problem: String, _ pause: Duration) {
        state.update {
            $0.phase = .waiting
            $0.problem = problem
            $0.reconnects += 1
            $0.connectedSince = nil
            $0.roundTripMilliseconds = nil
        }
        logger.notice("tunnel lost", metadata: ["problem": "\(problem)", "retry_in": "\(pause)"])
        observe(.lost(problem: problem, retryIn: pause))
    }
}

/// One attempt at a tunnel, from the first packet to its end.
struct TunnelDial {
    let configuration: AgentConfiguration
    let hello: Hello
    let context: NIOSSLContext
    let logger: Logger
    let began = NIODeadline.now()

    func run(
        on eventLoop: any EventLoop,
        _ tunnels: NIOLoopBound<TunnelSet>,
        state: AgentState,
        observe: @escaping @Sendable (AgentEvent) -> Void
    ) async -> TunnelOutcome {
        let outcome = eventLoop.makePromise(of: TunnelOutcome.self)
        let tunnel: NIOLoopBound<AgentTunnel>
        do {
            tunnel = try await eventLoop.submit {
                let tunnel = AgentTunnel(
                    configuration: configuration,
                    hello: hello,
                    state: state,
                    origins: try configuration.endpoints.compactMap {
                        try LocalService($0.target).origin(on: eventLoop, memoryBudget: configuration.memoryBudget)
                    },
                    outcome: outcome,
                    logger: logger,
                    observe: observe
                )
                tunnels.value.insert(tunnel)
                return NIOLoopBound(tunnel, eventLoop: eventLoop)
            }.get()
        } catch {
            return .ended(problem: "the event loop is gone", retryAfter: nil)
        }
        await connect(tunnel, eventLoop)
        // The promise is always kept: by the tunnel's end, by its drain or by the failure to connect.
        return (try? await outcome.futureResult.get()) ?? .ended(problem: "the tunnel is gone", retryAfter: nil)
    }

    private func connect(_ tunnel: NIOLoopBound<AgentTunnel>, _ eventLoop: any EventLoop) async {
        do {
            _ = try await ClientBootstrap(group: eventLoop)
                .connectTimeout(configuration.dialDeadline)
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelOption(.writeBufferWaterMark, value: .init(low: 128 * 1024, high: 256 * 1024))
                .channelOption(
                    .recvAllocator,
                    value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 8192, maximum: 64 * 1024)
                )
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture { try prepare(channel, tunnel.value) }
                }
                .connect(host: configuration.edge.host, port: configuration.edge.port).get()
        } catch {
            let problem = "the edge at \(configuration.edge) cannot be reached: \(Self.words(error))"
            eventLoop.execute { tunnel.value.end(.ended(problem: problem, retryAfter: nil)) }
        }
    }

    /// TLS first; the tunnel once the edge is known.
    private func prepare(_ channel: any Channel, _ tunnel: AgentTunnel) throws {
        let verifier = EdgeVerifier(anchors: configuration.anchors, revocations: configuration.edgeRevocations)
        let serverName = configuration.serverName
        let check = PeerCheck<EdgeIdentity>(
            verify: { chain throws(PeerRefusal) in
                try verifier.verify(chain: chain, serverName: serverName, at: .now)
            },
            explains: { _ in false }
        )
        let observer = KeyExchangeObserver(direction: .inbound)
        let gate = HandshakeGate(check: check, observer: observer, deadline: configuration.dialDeadline) {
            channel,
            outcome in tunnel.settled(outcome, on: channel)
        }
        let tls = try NIOSSLClientHandler(
            context: context,
            serverHostname: serverName,
            customVerificationCallback: check.verified
        )
        try channel.pipeline.syncOperations.addHandlers([observer, tls, gate])
    }

    /// A connection error in words that a person can use.
    private static func words(_ error: any Error) -> String {
        guard let error = error as? NIOConnectionError else { return "\(error)" }
        if error.dnsAError != nil, error.dnsAAAAError != nil { return "its name cannot be resolved" }
        guard let last = error.connectionErrors.last?.error else { return "no address answered" }
        switch (last as? IOError)?.errnoCode {
        case ECONNREFUSED: return "nothing listens there, or a firewall refuses"
        case ENETUNREACH, EHOSTUNREACH: return "there is no way to its network"
        case ETIMEDOUT: return "it does not answer"
        default: return last is ChannelError ? "it does not answer" : "\(last)"
        }
    }
}
