import CoreMetrics
import HTTP2
import HTTPFields
import Logging
import NIOCore
import Trust
import TunnelProtocol
import TunnelTLS

/// One tunnel: the HTTP/2 client of one agent, with its control stream when the agent has one.
///
/// An agent that does not take extended CONNECT, or that answers the control stream with anything but 200, is a plain
/// sidecar: it is served what the operator has bound to its device, and nothing is asked of it.
///
/// ## Concurrency
/// Belongs to its channel's event loop, which is that of its core.
final class EdgeTunnel: HTTP2ConnectionDelegate, RoutableTunnel {
    let identity: DeviceIdentity
    let keyExchange: KeyExchange?
    let remoteAddress: SocketAddress?
    let openedAt = NIODeadline.now()
    let core: EdgeCore
    private(set) var handler: HTTP2Handler?
    private(set) var session: SessionID?
    private(set) var roundTrip: TimeAmount?
    /// The names that its device registered through this tunnel.
    var hosts: Set<String> = []
    /// The bindings of TCP and UDP ports that this tunnel carries.
    var ports: Set<String> = []
    /// The UDP flows that this tunnel carries.
    var flowCount = 0

    private let channel: any Channel
    let logger: Logger
    private var phase = Phase.awaitingSettings
    private(set) var control: ControlStream?
    private var liveness = Liveness(now: .now())
    private var timer: RepeatedTask?
    private var endReason: String?
    /// Whether the device may not come back.
    var isShutOut = false

    private enum Phase { case awaitingSettings, opening, serving, draining, over }

    init(peer: TunnelPeer<DeviceIdentity>, channel: any Channel, core: EdgeCore) {
        identity = peer.identity
        keyExchange = peer.keyExchange
        remoteAddress = channel.remoteAddress
        self.channel = channel
        self.core = core
        var logger = core.logger
        logger[metadataKey: "device"] = "\(identity.id)"
        logger[metadataKey: "peer"] = "\(channel.remoteAddress?.hostAndPort ?? "unknown")"
        self.logger = logger
    }

    /// Becomes the HTTP/2 client of the agent.
    func start() throws {
        let handler = try HTTP2Handler(
            role: .client,
            limits: core.configuration.tunnelLimits,
            budget: core.budget,
            delegate: self
        )
        self.handler = handler
        core.tunnelBegan(self)
        try channel.pipeline.syncOperations.addHandler(handler)
        // Whoever sends heartbeats and takes nothing would keep all that visitors have sent it.
        let guardian = SlowReaderGuard(limit: core.configuration.border.readerDeadline) { [self] in endReason = "dead" }
        try channel.pipeline.syncOperations.addHandler(guardian, position: .first)
        let bound = NIOLoopBound(self, eventLoop: channel.eventLoop)
        timer = channel.eventLoop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in
            bound.value.tick(at: .now())
        }
    }

    // MARK: RoutableTunnel

    var device: String { identity.id }

    var openStreams: Int { handler?.openStreams ?? 0 }

    var isFull: Bool {
        guard let handler, let settings = handler.peerSettings else { return false }
        return handler.openStreams >= settings.concurrentStreams
    }

    /// Whether requests for a host may be sent here: a name that its device registered only when this tunnel did it.
    func serves(_ host: String, by binding: Binding) -> Bool {
        guard phase == .serving, handler?.isLeaving == false else { return false }
        return binding.isFixed || hosts.contains(host)
    }

    /// Whether visitors of a TCP or UDP port may be sent here.
    func carries(_ binding: String) -> Bool {
        phase == .serving && handler?.isLeaving == false && ports.contains(binding)
    }

    func mayCarryFlow(of limits: FlowLimits) -> Bool {
        flowCount < (handler?.peerSettings?.concurrentStreams ?? 0) / limits.tunnelShare
    }

    var allowsExtendedConnect: Bool { handler?.peerSettings?.allowsExtendedConnect ?? false }

    func open(_ fields: FieldSection, ends: Bool, delegate: any HTTP2StreamDelegate) throws(HTTP2Error) -> HTTP2Stream {
        guard let handler else { throw HTTP2Error(.noNewStreams, "the tunnel has not begun") }
        // The library would queue what the agent does not take yet, without a bound and past the visitor's leaving.
        guard !isFull else { throw HTTP2Error(.noNewStreams, "the agent takes no more streams at present") }
        do throws(HTTP2Error) {
            return try handler.open(fields, ends: ends, delegate: delegate)
        } catch {
            // Two to the thirtieth requests use the identifiers up; the agent dials another tunnel.
            if error.code == .noNewStreams, !handler.isLeaving { drain(within: core.configuration.drainDeadline) }
            throw error
        }
    }

    // MARK: HTTP2ConnectionDelegate

    func connection(_ handler: HTTP2Handler, received settings: HTTP2Event.PeerSettings) {
        guard phase == .awaitingSettings else { return }
        guard settings.allowsExtendedConnect else { return serveAsSidecar() }
        phase = .opening
        let control = ControlStream(tunnel: self)
        self.control = control
        do {
            try control.open(on: handler, authority: core.configuration.publicURL.baseDomain.text)
        } catch {
            leave(GoAwayNotice(.protocolError, message: "The control stream could not be opened."))
        }
    }

    func connection(
        _ handler: HTTP2Handler,
        accepted stream: HTTP2Stream,
        request: FieldSection
    ) -> (any HTTP2StreamDelegate)? {
        nil  // an HTTP/2 server opens no streams towards its client
    }

    func connection(_ handler: HTTP2Handler, peerLeaving code: HTTP2ErrorCode, debug: ByteBuffer) {
        logger.info("agent is leaving", metadata: ["code": "\(code.rawValue)"])
    }

    func connection(_ handler: HTTP2Handler, measured roundTrip: TimeAmount) { measured(roundTrip) }

    func connection(_ handler: HTTP2Handler, ended reason: HTTP2Handler.End) {
        guard phase != .over else { return }
        phase = .over
        timer?.cancel()
        control?.tunnelEnded()
        let word = endReason ?? reason.label
        self.handler = nil
        core.tunnelClosed(self)
        core.metrics.tunnelEnded(word)
        logger.notice("tunnel closed", metadata: ["reason": "\(word)", "detail": "\(reason)"])
    }

    // MARK: Sessions

    /// The agent has no control stream: serve what is bound to its device.
    func serveAsSidecar() {
        guard phase == .awaitingSettings || phase == .opening else { return }
        control = nil
        beginServing(as: nil, software: "plain HTTP/2")
    }

    /// The agent has said hello.
    func begin(_ hello: Hello) {
        let newcomer = SessionID(hello)
        if let session = core.tunnels.session(newerThan: newcomer, of: device) {
            control?.send(.superseded(Superseded(epoch: session.epoch, instance: session.instance)))
            return leave(GoAwayNotice(.superseded, message: "A newer session of this device is up."))
        }
        beginServing(as: newcomer, software: hello.agent)
        control?.send(
            .welcome(
                Welcome(
                    edge: core.software,
                    epoch: hello.epoch,
                    baseDomain: core.configuration.publicURL.baseDomain.text,
                    keyExchange: keyExchange?.description ?? "unknown",
                    client: remoteAddress?.hostAndPort ?? ""
                )
            )
        )
    }

    private func beginServing(as session: SessionID?, software: String) {
        // The list may have changed since the handshake.
        guard !leaveIfShutOut() else { return }
        self.session = session
        phase = .serving
        core.tunnelOpened(self)
        core.metrics.tunnelsAccepted.increment()
        logger.notice(
            "tunnel up",
            metadata: [
                "key_exchange": "\(keyExchange?.description ?? "unknown")", "software": "\(software)",
                "control": "\(session != nil)",
            ]
        )
    }

    /// Another session of the device has taken over: this one ends at once.
    func superseded(by other: EdgeTunnel) {
        if let session = other.session {
            control?.send(.superseded(Superseded(epoch: session.epoch, instance: session.instance)))
        }
        leave(GoAwayNotice(.superseded, message: "A newer session of this device has taken over."))
    }

    // MARK: Time

    private func tick(at now: NIODeadline) {
        guard phase != .over, let handler else { return }
        switch liveness.tick(at: now, lastReceived: handler.lastReceived) {
        case .carryOn: break
        case .ping: handler.ping()
        case .dead:
            endReason = "dead"
            return handler.close()
        }
        control?.tick(at: now)
        // Once for the SETTINGS and once for the hello (yellow paper, 13.2), from one clock.
        let isLate = now - openedAt >= core.configuration.handshakeDeadline * 2
        if isLate, phase == .awaitingSettings || phase == .opening {
            leave(GoAwayNotice(.controlTimeout, message: "No SETTINGS, or no hello, arrived."))
        }
    }

    func measured(_ time: TimeAmount) {
        roundTrip = time
        core.metrics.roundTrip.recordNanoseconds(time.nanoseconds)
    }

    // MARK: Ends

    /// Tells the agent to go elsewhere; its streams may finish.
    func drain(within deadline: TimeAmount) {
        guard phase == .serving else { return leave(GoAwayNotice(.draining, message: "This edge is shutting down.")) }
        phase = .draining
        control?.send(.drain(Drain(deadlineSeconds: Int(deadline.nanoseconds / 1_000_000_000))))
        handler?.goAway(.noError, debug: GoAwayNotice(.draining, message: "This edge is shutting down.").json)
    }

    /// Ends the tunnel at once and says why.
    func leave(_ notice: GoAwayNotice) {
        guard phase != .over else { return }
        endReason = notice.code.rawValue
        handler?.goAway(.noError, debug: notice.json)
        handler?.close()
    }
}

extension HTTP2Handler.End {
    /// One of a fixed set of words.
    var label: String {
        switch self {
        case .peerClosed: "peer_closed"
        case .closed: "closed"
        case .flooded: "flooded"
        case .protocolViolation: "protocol_violation"
        case .failed: "failed"
        }
    }
}
