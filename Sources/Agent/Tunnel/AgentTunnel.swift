import FoundationEssentials
import HTTP2
import HTTPFields
import Logging
import NIOCore
import Trust
import TunnelProtocol
import TunnelTLS

/// One tunnel: the HTTP/2 server of one edge, which sends it visitors' requests.
///
/// ## Concurrency
/// Belongs to its channel's event loop.
final class AgentTunnel: HTTP2ConnectionDelegate {
    let crew: TunnelCrew
    let edge: EdgeTarget
    let seat: TunnelSeat
    let hello: Hello
    let endpoints: TunnelEndpoints
    let raw: RawServices
    /// Told how many tunnels the edge is worth.
    let offered: (Int) -> Void
    /// What the keeper has to do next; with a draining edge it is known before the tunnel is over.
    private let ending: EventLoopPromise<TunnelEnding>
    /// Kept when nothing is left of the tunnel.
    let over: EventLoopPromise<Void>
    private let budget: MemoryBudget

    private var handler: HTTP2Handler?
    var control: AgentControlStream?
    private var liveness = Liveness(now: .now())
    private var openedAt = NIODeadline.now()
    var welcomedAt: NIODeadline?
    private var timer: RepeatedTask?
    private var notice: GoAwayNotice?
    var verdict: TunnelOutcome?
    /// Kept when the edge has answered `renew`, or will not any more.
    var renewal: EventLoopPromise<RenewalOutcome>?
    private var standing = Standing.current
    private var closing: RepeatedTask?
    private var hasTold = false

    private enum Standing {
        /// The tunnel that visitors come by.
        case current
        /// Its edge sends nobody new; another tunnel is the current one.
        case draining
        /// The agent takes nobody new.
        case leaving
        case over
    }

    /// How often a tunnel that leaves looks whether its streams are done.
    private static let look = TimeAmount.milliseconds(50)

    /// How long a tunnel has to answer when the network may have changed under it.
    private static let patienceAfterChange = TimeAmount.seconds(3)

    init(
        crew: TunnelCrew,
        edge: EdgeTarget,
        seat: TunnelSeat,
        hello: Hello,
        ending: EventLoopPromise<TunnelEnding>,
        offered: @escaping (Int) -> Void
    ) {
        self.crew = crew
        self.edge = edge
        self.seat = seat
        self.hello = hello
        self.ending = ending
        self.offered = offered
        budget = MemoryBudget(limit: crew.configuration.memoryBudget)
        let eventLoop = ending.futureResult.eventLoop
        over = eventLoop.makePromise()
        let origins = OriginFactory(eventLoop: eventLoop, memoryBudget: crew.configuration.memoryBudget)
        raw = RawServices(eventLoop: eventLoop, connections: origins.connections) {
            crew.state.originHeard($1, of: $0)
        }
        endpoints = TunnelEndpoints(edge: seat.edge, serving: crew.serving, raw: raw) { origins.origin(of: $0) }
    }

    /// Whether visitors come by this tunnel.
    var isCurrent: Bool {
        if case .current = standing { true } else { false }
    }

    var eventLoop: any EventLoop { ending.futureResult.eventLoop }
    var logger: Logger { crew.logger }

    /// Changes what `status` shows, as long as this is the tunnel that it is about.
    func update(_ change: (inout TunnelStatus) -> Void) {
        if case .current = standing { crew.state.update(seat, change) }
    }

    // MARK: The handshake

    /// TLS is done, one way or the other.
    func settled(
        _ outcome: HandshakeGate<EdgeIdentity>.Outcome,
        on channel: any Channel,
        presented certificate: PresentedCertificate?
    ) {
        // The agent may have been told to stop while the handshake was under way.
        if case .over = standing { return channel.close(promise: nil) }
        switch outcome {
        case .peer(let peer): start(peer, on: channel)
        case .refused(let refusal): end(Self.outcome(of: refusal, issuer: certificate?.issuer))
        case .refusedByName(let refusal): end(.stopped(AgentExit(edge: refusal, issuer: certificate?.issuer)))
        }
    }

    static func outcome(of refusal: HandshakeRefusal, issuer: String? = nil) -> TunnelOutcome {
        if let exit = AgentExit(refusal, issuer: issuer) { return .stopped(exit) }
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
        update { $0.keyExchange = keyExchange }
        logger.info("tunnel open", metadata: ["edge": "\(seat.edge)", "key_exchange": "\(keyExchange)"])
        let bound = NIOLoopBound(self, eventLoop: channel.eventLoop)
        timer = channel.eventLoop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in
            bound.value.tick(at: .now())
        }
    }

    // MARK: HTTP2ConnectionDelegate

    func connection(_ handler: HTTP2Handler, received settings: HTTP2Event.PeerSettings) {}

    func connection(_ handler: HTTP2Handler, peerLeaving code: HTTP2ErrorCode, debug: ByteBuffer) {
        notice = GoAwayNotice(debugData: debug.readableBytesView)
    }

    func connection(_ handler: HTTP2Handler, measured roundTrip: TimeAmount) { measured(roundTrip) }

    func measured(_ roundTrip: TimeAmount) {
        update { $0.roundTripMilliseconds = Double(roundTrip.nanoseconds) / 1_000_000 }
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

    // MARK: Time and ends

    /// The edge shuts down: the agent dials another tunnel while the streams of this one finish.
    func drain(within deadline: Duration) {
        // The last word counts (yellow paper, 13.3).
        if case .draining = standing { return closeWhenIdle(by: .now() + TimeAmount(deadline)) }
        guard case .current = standing else { return }
        logger.notice("the edge is draining", metadata: ["seconds": "\(deadline.components.seconds)"])
        update {
            $0.phase = .draining
            $0.drainingSince = .now
            $0.problem = "the edge is shutting down"
        }
        standing = .draining
        crew.state.tunnelEnded(self)
        tell(.draining)
        closeWhenIdle(by: .now() + TimeAmount(deadline))
    }

    private func tick(at now: NIODeadline) {
        guard let handler else { return }
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

    /// The network may have changed: an edge that cannot be heard within seconds is given up.
    func mustAnswerSoon() {
        guard let handler else { return }
        handler.ping()
        let asked = NIODeadline.now()
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.scheduleTask(in: Self.patienceAfterChange) {
            guard let handler = bound.value.handler, handler.lastReceived < asked else { return }
            bound.value.verdict = .ended(problem: "the network has changed", retryAfter: nil)
            handler.close()
        }
    }

    /// Says goodbye and closes.
    func leave() {
        if case .over = standing { return }
        handler?.goAway(.noError)
        handler?.close()
        if handler == nil { end(.ended(problem: "the tunnel was closed", retryAfter: nil)) }
    }

    /// Says goodbye, lets the streams that are under way finish, and closes.
    ///
    /// - Parameter deadline: How long they may take.
    func finish(within deadline: TimeAmount) {
        switch standing {
        case .leaving, .over: return
        case .current, .draining: standing = .leaving
        }
        guard let handler, !isIdle else { return leave() }
        let requests = handler.openStreams - (control == nil ? 0 : 1)
        logger.notice("leaving", metadata: ["edge": "\(seat.edge)", "requests": "\(requests)"])
        crew.state.publish(.leaving(requests: requests))
        handler.goAway(.noError)
        closeWhenIdle(by: .now() + deadline)
    }

    /// The control stream stays to the end; whatever else is open is somebody's request.
    private var isIdle: Bool { (handler?.openStreams ?? 0) <= (control == nil ? 0 : 1) }

    private func closeWhenIdle(by deadline: NIODeadline) {
        closing?.cancel()
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        closing = eventLoop.scheduleRepeatedTask(initialDelay: Self.look, delay: Self.look) { _ in
            if bound.value.isIdle || .now() >= deadline { bound.value.leave() }
        }
    }

    /// Says what comes next, once.
    private func tell(_ result: TunnelOutcome) {
        guard !hasTold else { return }
        hasTold = true
        ending.succeed(TunnelEnding(outcome: result, welcomedAt: welcomedAt))
    }

    func end(_ result: TunnelOutcome) {
        if case .over = standing { return }
        standing = .over
        tell(result)
        timer?.cancel()
        closing?.cancel()
        renewalEnded(.lost)
        crew.state.tunnelEnded(self)
        endpoints.close()
        over.succeed()
    }
}
