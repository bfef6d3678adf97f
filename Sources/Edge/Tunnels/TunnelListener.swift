import FoundationEssentials
import HTTP2
import HTTPFields
import Logging
import NIOCore
import NIOSSL
import Trust
import TunnelProtocol
import TunnelTLS

/// Turns accepted connections of agents into tunnels, or refuses them with a reason.
///
/// ## Concurrency
/// Belongs to the event loop of its core, on which it accepts.
final class TunnelListener {
    private let core: EdgeCore

    init(core: EdgeCore) { self.core = core }

    /// Sets up one accepted connection: TLS first, the tunnel once the peer is known.
    func accept(_ channel: any Channel) throws {
        let key = HandshakeLimiter.Key(channel.remoteAddress)
        guard core.handshakes.begin(key) else {
            core.metrics.handshakeRefused("too_many_handshakes")
            core.logger.debug("handshake refused", metadata: ["reason": "too_many_handshakes", "peer": peer(channel)])
            return channel.close(promise: nil)
        }
        let verifier = core.identity.verifier
        let check = PeerCheck<DeviceIdentity>(
            verify: { chain throws(PeerRefusal) in try verifier.verify(chain: chain, at: .now) },
            explains: { GoAwayNotice.Code($0) != nil }
        )
        let observer = KeyExchangeObserver(direction: .outbound)
        let gate = HandshakeGate(check: check, observer: observer, deadline: core.configuration.handshakeDeadline) {
            [self] channel, outcome in
            core.handshakes.end(key)
            settled(outcome, on: channel)
        }
        let tls = NIOSSLServerHandler(context: core.identity.context, customVerificationCallback: check.verified)
        try channel.pipeline.syncOperations.addHandlers([observer, tls, gate])
    }

    private func settled(_ outcome: HandshakeGate<DeviceIdentity>.Outcome, on channel: any Channel) {
        switch outcome {
        case .peer(let peer): open(peer, on: channel)
        case .refused(let refusal): refuse(refusal.label, detail: refusal.detail, channel)
        case .refusedByName(let refusal):
            refuse(refusal.rawValue, detail: nil, channel)
            explain(refusal, to: channel)
        }
    }

    private func open(_ peer: TunnelPeer<DeviceIdentity>, on channel: any Channel) {
        guard !core.isDraining else {
            return farewell(GoAwayNotice(.draining, message: "This edge is shutting down."), on: channel)
        }
        if case .later(let seconds) = core.admission.admit(peer.identity.id, at: .now()) {
            core.metrics.handshakeRefused("overloaded")
            let message = "This edge takes no more tunnels at the moment."
            return farewell(GoAwayNotice(.overloaded, message: message, retryAfterSeconds: seconds), on: channel)
        }
        let tunnel = EdgeTunnel(peer: peer, channel: channel, core: core)
        do {
            try tunnel.start()
        } catch {
            core.logger.error("tunnel could not start", metadata: ["error": "\(error)"])
            channel.close(promise: nil)
        }
    }

    private func refuse(_ label: String, detail: String?, _ channel: any Channel) {
        core.metrics.handshakeRefused(label)
        var metadata: Logger.Metadata = ["reason": "\(label)", "peer": peer(channel)]
        if let detail { metadata["detail"] = "\(detail)" }
        core.logger.notice("agent refused", metadata: metadata)
    }

    private func peer(_ channel: any Channel) -> Logger.MetadataValue {
        "\(channel.remoteAddress?.hostAndPort ?? "unknown")"
    }

    private func explain(_ refusal: PeerRefusal, to channel: any Channel) {
        guard let code = GoAwayNotice.Code(refusal) else { return channel.close(promise: nil) }
        farewell(GoAwayNotice(code, message: "The device's certificate \(refusal.sentence)."), on: channel)
    }

    /// Says one GOAWAY with the reason and closes: the only thing that a peer hears which may not come in.
    private func farewell(_ notice: GoAwayNotice, on channel: any Channel) {
        do {
            let silent = SilentConnection()
            let handler = try HTTP2Handler(role: .client, limits: .towardsAgent, budget: core.budget, delegate: silent)
            try channel.pipeline.syncOperations.addHandler(handler)
            handler.goAway(.noError, debug: notice.json)
            handler.close()
        } catch {
            channel.close(promise: nil)
        }
    }
}

/// Listens to nothing: for connections that only hear a farewell.
private final class SilentConnection: HTTP2ConnectionDelegate {
    func connection(_ handler: HTTP2Handler, received settings: HTTP2Event.PeerSettings) {}
    func connection(
        _ handler: HTTP2Handler,
        accepted stream: HTTP2Stream,
        request: FieldSection
    ) -> (any HTTP2StreamDelegate)? { nil }
    func connection(_ handler: HTTP2Handler, peerLeaving code: HTTP2ErrorCode, debug: ByteBuffer) {}
    func connection(_ handler: HTTP2Handler, measured roundTrip: TimeAmount) {}
    func connection(_ handler: HTTP2Handler, ended reason: HTTP2Handler.End) {}
}

extension GoAwayNotice.Code {
    /// What a peer that holds a leaf of this operator is told; nil for strangers, who are told nothing.
    init?(_ refusal: PeerRefusal) {
        switch refusal {
        case .revoked: self = .deviceRevoked
        case .expired: self = .deviceExpired
        case .notYetValid: self = .deviceNotYetValid
        case .wrongPurpose: self = .deviceWrongPurpose
        case .noCertificate, .unreadable, .wrongChainLength, .unknownIssuer, .wrongName, .constraintViolated, .resumed:
            return nil
        }
    }
}

extension HandshakeRefusal {
    /// TLS's own words, where they say more than the label.
    var detail: String? {
        switch self {
        case .alert(let name): name
        case .failed(let words): words
        case .peer, .tlsVersion, .applicationProtocol, .timeout, .notTLS, .closed: nil
        }
    }
}
