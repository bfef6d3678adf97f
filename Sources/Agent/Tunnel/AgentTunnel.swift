import FoundationEssentials
import HTTP2
import HTTPFields
import Logging
import NIOCore
import Trust
import TunnelProtocol
import TunnelTLS

/// How a tunnel, or the attempt at one, ended.
enum TunnelOutcome: Sendable {
    /// Dial again.
    case ended(problem: String, retryAfter: Duration?)
    /// Dialling again would bring the same.
    case stopped(AgentExit)
}

/// One tunnel: the HTTP/2 server of one edge, which sends it visitors' requests.
///
/// ## Concurrency
/// Belongs to its channel's event loop.
final class AgentTunnel: HTTP2ConnectionDelegate {
    let configuration: AgentConfiguration
    let state: AgentState
    let hello: Hello
    let outcome: EventLoopPromise<TunnelOutcome>
    private let origins: [any Origin]
    private let observe: @Sendable (AgentEvent) -> Void
    private let logger: Logger
    private let budget: MemoryBudget

    private var handler: HTTP2Handler?
    private var control: AgentControlStream?
    private var hosts: [String: any Origin] = [:]
    private let raw: RawServices
    private var liveness = Liveness(now: .now())
    private var openedAt = NIODeadline.now()
    private var timer: RepeatedTask?
    private var notice: GoAwayNotice?
    private var verdict: TunnelOutcome?
    private var isOver = false

    init(
        configuration: AgentConfiguration,
        hello: Hello,
        state: AgentState,
        origins: [any Origin],
        outcome: EventLoopPromise<TunnelOutcome>,
        logger: Logger,
        observe: @escaping @Sendable (AgentEvent) -> Void
    ) {
        self.configuration = configuration
        self.hello = hello
        self.state = state
        self.origins = origins
        self.outcome = outcome
        self.logger = logger
        self.observe = observe
        budget = MemoryBudget(limit: configuration.memoryBudget)
        raw = RawServices(eventLoop: outcome.futureResult.eventLoop)
    }

    // MARK: The handshake

    /// TLS is done, one way or the other.
    func settled(_ outcome: HandshakeGate<EdgeIdentity>.Outcome, on channel: any Channel) {
        switch outcome {
        case .peer(let peer): start(peer, on: channel)
        case .refused(let refusal): end(Self.outcome(of: refusal))
        case .refusedByName(let refusal): end(.stopped(AgentExit(edge: refusal)))
        }
    }

    static func outcome(of refusal: HandshakeRefusal) -> TunnelOutcome {
        if let exit = AgentExit(refusal) { return .stopped(exit) }
        return .ended(problem: "the TLS handshake with the edge failed (\(refusal.label))", retryAfter: nil)
    }

    private func start(_ peer: TunnelPeer<EdgeIdentity>, on channel: any Channel) {
        let keyExchange = peer.keyExchange?.description ?? "unknown"
        do {
            let handler = try HTTP2Handler(role: .server, limits: .towardsEdge, budget: budget, delegate: self)
            self.handler = handler
            try channel.pipeline.syncOperations.addHandler(handler)
        } catch {
            end(.ended(problem: "the tunnel could not start: \(error)", retryAfter: nil))
            return channel.close(promise: nil)
        }
        openedAt = .now()
        state.update { $0.keyExchange = keyExchange }
        logger.info("tunnel open", metadata: ["key_exchange": "\(keyExchange)"])
        let bound = NIOLoopBound(self, eventLoop: channel.eventLoop)
        timer = channel.eventLoop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in
            bound.value.tick(at: .now())
        }
    }

    // MARK: HTTP2ConnectionDelegate

    func connection(_ handler: HTTP2Handler, received settings: HTTP2Event.PeerSettings) {}

    func connection(
        _ handler: HTTP2Handler,
        accepted stream: HTTP2Stream,
        request: FieldSection
    ) -> (any HTTP2StreamDelegate)? {
        if let service = raw.accept(stream, request, handler) { return service }
        if let tunnelled = request.first(":protocol"), !tunnelled.elementsEqual("websocket".utf8) {
            return accept(tunnelled, stream, request, handler)
        }
        let authority = request.first(":authority") ?? request.first("host")
        guard let host = authority.flatMap({ HostName(String(decoding: $0, as: UTF8.self)) }),
            let origin = hosts[host.text]
        else { return answer(.misdirected, stream, handler) }
        let observe = observe
        let tunnelled = TunnelRequest(
            stream: stream,
            fields: request,
            handler: handler,
            headDeadline: configuration.headDeadline,
            observe: { observe(.request($0)) }
        )
        return origin.serve(tunnelled) ?? answer(.malformed, stream, handler)
    }

    private func accept(
        _ tunnelled: ByteBufferView,
        _ stream: HTTP2Stream,
        _ request: FieldSection,
        _ handler: HTTP2Handler
    ) -> (any HTTP2StreamDelegate)? {
        guard tunnelled.elementsEqual(TunnelConstants.controlProtocol.utf8),
            request.string(":path") == TunnelConstants.controlPath, control == nil
        else { return answer(.unsupported, stream, handler) }
        let control = AgentControlStream(tunnel: self, stream: stream, handler: handler)
        self.control = control
        control.begin(hello)
        return control
    }

    private func answer(
        _ answer: AgentAnswer,
        _ stream: HTTP2Stream,
        _ handler: HTTP2Handler
    ) -> any HTTP2StreamDelegate {
        answer.send(on: stream, handler)
        return DiscardingReader(handler)
    }

    func connection(_ handler: HTTP2Handler, peerLeaving code: HTTP2ErrorCode, debug: ByteBuffer) {
        notice = GoAwayNotice(debugData: debug.readableBytesView)
    }

    func connection(_ handler: HTTP2Handler, measured roundTrip: TimeAmount) { measured(roundTrip) }

    func measured(_ roundTrip: TimeAmount) {
        state.update { $0.roundTripMilliseconds = Double(roundTrip.nanoseconds) / 1_000_000 }
    }

    func connection(_ handler: HTTP2Handler, ended reason: HTTP2Handler.End) {
        timer?.cancel()
        control?.tunnelEnded()
        self.handler = nil
        end(verdict ?? outcome(of: reason))
    }

    private func outcome(of reason: HTTP2Handler.End) -> TunnelOutcome {
        if let notice {
            if let exit = AgentExit(notice) { return .stopped(exit) }
            return .ended(
                problem: "the edge ended the tunnel: \(notice.message)",
                retryAfter: notice.retryAfterSeconds.map { .seconds($0) }
            )
        }
        switch reason {
        case .peerClosed: return .ended(problem: "the edge closed the connection", retryAfter: nil)
        case .closed: return .ended(problem: "the tunnel was closed", retryAfter: nil)
        case .flooded(let what): return .ended(problem: "the edge sent too many frames (\(what))", retryAfter: nil)
        case .protocolViolation(let detail):
            return .ended(problem: "the edge broke the protocol: \(detail)", retryAfter: nil)
        case .failed(let words):
            // With TLS 1.3 an edge refuses a client's certificate after the client has finished its handshake.
            if case .alert = HandshakeRefusal(words: words) { return Self.outcome(of: HandshakeRefusal(words: words)) }
            return .ended(problem: "the connection to the edge failed", retryAfter: nil)
        }
    }

    // MARK: What the control stream says

    func welcomed(_ welcome: Welcome) {
        state.update {
            $0.phase = .connected
            $0.problem = nil
            $0.connectedSince = .now
        }
        observe(.connected(keyExchange: welcome.keyExchange))
        for (ref, endpoint) in configuration.endpoints.enumerated() {
            let kind = endpoint.kind.rawValue
            control?.send(.register(Register(ref: ref, kind: kind, host: endpoint.name, port: endpoint.port)))
        }
    }

    func registered(_ registered: Registered) {
        guard configuration.endpoints.indices.contains(registered.ref) else { return }
        let endpoint = configuration.endpoints[registered.ref]
        switch endpoint.kind {
        case .http: hosts[registered.host] = origins[registered.ref]
        case .tcp, .udp: raw.registered(registered.binding, for: endpoint)
        }
        state.update {
            $0.endpoints[registered.ref].host = registered.host
            $0.endpoints[registered.ref].url = registered.url
            $0.endpoints[registered.ref].mode = registered.mode
        }
        observe(.registered(registered, target: endpoint.description))
    }

    func refused(_ refused: Refused) {
        let endpoint = refused.ref.flatMap { ref in
            configuration.endpoints.indices.contains(ref) ? configuration.endpoints[ref] : nil
        }
        guard refused.code.isPermanent else {
            verdict = .ended(
                problem: "the edge refused for now: \(refused.code.sentence)",
                retryAfter: refused.retryAfterSeconds.map { .seconds($0) }
            )
            return leave()
        }
        verdict = .stopped(AgentExit(refused, endpoint: endpoint))
        leave()
    }

    func superseded(_ superseded: Superseded) {
        let isOurOwn = superseded.instance == hello.instance
        // Our own newer dial has taken over: the old tunnel just ends, whatever notice follows.
        verdict =
            isOurOwn
            ? .ended(problem: "a newer tunnel of this agent has taken over", retryAfter: nil)
            : AgentExit(GoAwayNotice(.superseded, message: "")).map(TunnelOutcome.stopped)
        leave()
    }

    func drain() {
        logger.notice("the edge is draining")
        state.update { $0.problem = "the edge is shutting down" }
    }

    func controlFailed(_ error: ControlError) {
        verdict = .ended(problem: "the edge broke the control protocol (\(error.rawValue))", retryAfter: nil)
        leave()
    }

    // MARK: Time and ends

    private func tick(at now: NIODeadline) {
        guard !isOver, let handler else { return }
        switch liveness.tick(at: now, lastReceived: handler.lastReceived) {
        case .carryOn: break
        case .ping: handler.ping()
        case .dead:
            verdict = .ended(problem: "the edge has been silent for too long", retryAfter: nil)
            return handler.close()
        }
        guard let control else { return endWithoutControl(at: now) }
        control.tick(at: now)
    }

    /// An edge that opens no control stream cannot be told what to send here.
    private func endWithoutControl(at now: NIODeadline) {
        guard now - openedAt >= TimeAmount(TunnelConstants.deadAfter) else { return }
        verdict = .ended(problem: "the edge opened no control stream", retryAfter: nil)
        leave()
    }

    /// Says goodbye and closes.
    func leave() {
        guard !isOver else { return }
        handler?.goAway(.noError)
        handler?.close()
        if handler == nil { end(.ended(problem: "the tunnel was closed", retryAfter: nil)) }
    }

    func end(_ result: TunnelOutcome) {
        guard !isOver else { return }
        isOver = true
        timer?.cancel()
        for origin in origins { origin.close() }
        outcome.succeed(result)
    }
}
