import HTTP2
import HTTPFields
import NIOCore
import Trust
import TunnelProtocol
import TunnelTLS

/// The HTTP/2 server that an edge meets when the doctor calls: it waits for the control stream and then leaves.
///
/// Not having said hello, it takes no running agent's place.
///
/// ## Concurrency
/// Its promises may be waited for from anywhere; everything else belongs to the event loop of its channel.
final class EdgeVisit: Sendable {
    private let eventLoop: any EventLoop
    private let handshake: EventLoopPromise<EdgeObservation.Handshake>
    private let control: EventLoopPromise<EdgeObservation.Control>

    init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        handshake = eventLoop.makePromise()
        control = eventLoop.makePromise()
    }

    /// Kept promises only: whoever asks has bounded the wait by a deadline.
    deinit {
        handshake.succeed(.refused(.closed, nil))
        control.succeed(.silent)
    }

    func handshake(within deadline: TimeAmount) async -> EdgeObservation.Handshake {
        do { return try await handshake.futureResult.bounded(by: deadline * 2).get() } catch {
            return .refused(.timeout, nil)
        }
    }

    func control(within deadline: TimeAmount) async -> EdgeObservation.Control {
        do { return try await control.futureResult.bounded(by: deadline).get() } catch { return .silent }
    }

    /// TLS is done, one way or the other.
    func settled(
        _ outcome: HandshakeGate<LenientVerifier.Verdict>.Outcome,
        _ certificate: PresentedCertificate?,
        on channel: any Channel
    ) {
        switch outcome {
        case .refused(let refusal): handshake.succeed(.refused(refusal, certificate))
        case .refusedByName(let refusal): handshake.succeed(.refused(.peer(refusal), certificate))
        case .peer(let peer):
            let keyExchange = peer.keyExchange?.description ?? "an unknown key exchange"
            let verdict = peer.identity
            handshake.succeed(.done(keyExchange: keyExchange, verdict.certificate, outdated: verdict.outdated))
            listen(on: channel)
        }
    }

    private func listen(on channel: any Channel) {
        do {
            let budget = MemoryBudget(limit: 64 * 1024 * 1024)
            let waiter = ControlWaiter(control)
            let handler = try HTTP2Handler(role: .server, limits: .towardsEdge, budget: budget, delegate: waiter)
            try channel.pipeline.syncOperations.addHandler(handler)
        } catch {
            control.succeed(.ended("HTTP/2 could not begin"))
        }
    }
}

/// Waits for the first thing that tells whether the edge lets this device in.
private final class ControlWaiter: HTTP2ConnectionDelegate {
    private let control: EventLoopPromise<EdgeObservation.Control>

    init(_ control: EventLoopPromise<EdgeObservation.Control>) { self.control = control }

    func connection(_ handler: HTTP2Handler, received settings: HTTP2Event.PeerSettings) {}

    func connection(
        _ handler: HTTP2Handler,
        accepted stream: HTTP2Stream,
        request: FieldSection
    ) -> (any HTTP2StreamDelegate)? {
        let isControl = request.string(":protocol") == TunnelConstants.controlProtocol
        control.succeed(isControl ? .admitted : .ended("it opened another stream than the control stream"))
        handler.goAway(.noError)
        handler.close()
        return nil
    }

    func connection(_ handler: HTTP2Handler, peerLeaving code: HTTP2ErrorCode, debug: ByteBuffer) {
        guard let notice = GoAwayNotice(debugData: debug.readableBytesView) else { return }
        control.succeed(.notice(notice))
    }

    func connection(_ handler: HTTP2Handler, measured roundTrip: TimeAmount) {}

    func connection(_ handler: HTTP2Handler, ended reason: HTTP2Handler.End) {
        switch reason {
        case .failed(let words):
            // With TLS 1.3 an edge refuses a client's certificate after the client has finished its handshake.
            guard case .alert(let name) = HandshakeRefusal(words: words) else {
                return control.succeed(.ended("the connection failed"))
            }
            control.succeed(.alert(name))
        case .peerClosed: control.succeed(.ended("it closed the connection"))
        case .closed, .flooded, .protocolViolation: control.succeed(.ended("it broke the protocol"))
        }
    }
}
