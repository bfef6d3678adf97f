package import NIOCore
import NIOSSL
import NIOTLS
package import Trust

/// Why a connection never became a tunnel; the raw value is the metric label and the word in the log.
package enum HandshakeRefusal: Error, Sendable, Equatable {
    /// The peer's certificate was refused, for this reason.
    case peer(PeerRefusal)
    /// The peer speaks no TLS 1.3.
    case tlsVersion
    /// The peer does not speak `rh2`, or whatever else was meant.
    case applicationProtocol
    /// The handshake took longer than its deadline.
    case timeout
    /// What the peer sent is not TLS.
    case notTLS
    /// The peer refused us with this TLS alert.
    case alert(String)
    /// The peer went away in the middle.
    case closed
    /// Anything else, in TLS's own words.
    case failed(String)

    /// One of a fixed set of words.
    package var label: String {
        switch self {
        case .peer(let refusal): refusal.rawValue
        case .tlsVersion: "tls_version"
        case .applicationProtocol: "alpn"
        case .timeout: "timeout"
        case .notTLS: "not_tls"
        case .alert: "alert"
        case .closed: "closed"
        case .failed: "failed"
        }
    }
}

/// Who is at the other end of a tunnel.
package struct TunnelPeer<Identity: Sendable>: Sendable {
    package let identity: Identity
    package let keyExchange: KeyExchange?
}

/// Waits above TLS until the peer is known, and lets nothing through before.
///
/// In the same call in which TLS reports its end the owner learns the outcome and adds what serves the tunnel behind
/// this handler, so the first bytes of the peer find it there.
package final class HandshakeGate<Identity: Sendable>: ChannelInboundHandler, RemovableChannelHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = ByteBuffer

    /// What came of the handshake; a peer that is refused by name still has an open channel, to be told on.
    package enum Outcome {
        case peer(TunnelPeer<Identity>)
        case refusedByName(PeerRefusal)
        case refused(HandshakeRefusal)
    }

    private let check: PeerCheck<Identity>
    private let observer: KeyExchangeObserver
    private let deadline: TimeAmount
    private let applicationProtocol: String
    private let report: (any Channel, Outcome) -> Void
    private var timer: Scheduled<Void>?
    private var isDone = false

    /// - Parameters:
    ///   - check: The decision about the peer's certificate, the same that TLS was given.
    ///   - observer: What reads the key exchange below TLS.
    ///   - deadline: How long the handshake may take.
    ///   - applicationProtocol: What both ends must have agreed on.
    ///   - report: Called exactly once, on the event loop.
    package init(
        check: PeerCheck<Identity>,
        observer: KeyExchangeObserver,
        deadline: TimeAmount,
        applicationProtocol: String = TunnelTLSContext.applicationProtocol,
        report: @escaping (any Channel, Outcome) -> Void
    ) {
        self.check = check
        self.observer = observer
        self.deadline = deadline
        self.applicationProtocol = applicationProtocol
        self.report = report
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: deadline) {
            let (gate, context) = bound.value
            gate.refuse(.timeout, context)
        }
    }

    package func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? TLSUserEvent, case .handshakeCompleted(let negotiated) = event {
            handshakeCompleted(negotiated, context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard isDone else { return }
        context.fireChannelRead(data)
    }

    package func channelInactive(context: ChannelHandlerContext) {
        refuse(refusedPeer ?? .closed, context)
        context.fireChannelInactive()
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isDone else { return context.fireErrorCaught(error) }
        refuse(refusedPeer ?? HandshakeRefusal(error), context)
    }

    private var refusedPeer: HandshakeRefusal? {
        guard case .failure(let refusal) = check.verdict else { return nil }
        return .peer(refusal)
    }

    private func handshakeCompleted(_ negotiated: String?, _ context: ChannelHandlerContext) {
        guard !isDone else { return }
        guard negotiated == applicationProtocol else { return refuse(.applicationProtocol, context) }
        switch check.verdict {
        case .success(let identity):
            finish(.peer(TunnelPeer(identity: identity, keyExchange: observer.keyExchange)), context)
        case .failure(let refusal): finish(.refusedByName(refusal), context)
        // TLS did not ask about the peer, so it resumed an old session: whoever was let in then may be revoked now.
        case nil: refuse(.peer(.resumed), context)
        }
    }

    private func refuse(_ refusal: HandshakeRefusal, _ context: ChannelHandlerContext) {
        guard !isDone else { return }
        finish(.refused(refusal), context)
        context.close(promise: nil)
    }

    private func finish(_ outcome: Outcome, _ context: ChannelHandlerContext) {
        isDone = true
        timer?.cancel()
        context.pipeline.syncOperations.removeHandler(observer, promise: nil)
        report(context.channel, outcome)
    }
}

extension HandshakeRefusal {
    /// Reads BoringSSL's words: it has no other way to tell one failure of a handshake from another.
    init(_ error: any Error) {
        self = error is ChannelError ? .closed : HandshakeRefusal(words: String(describing: error))
    }

    /// Reads an error that was kept as text.
    package init(words: String) {
        self =
            if words.contains("PEER_DID_NOT_RETURN_A_CERTIFICATE") {
                .peer(.noCertificate)
            } else if words.contains("UNSUPPORTED_PROTOCOL") || words.contains("ALERT_PROTOCOL_VERSION") {
                .tlsVersion
            } else if words.contains("NO_APPLICATION_PROTOCOL") {
                .applicationProtocol
            } else if ["WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST"].contains(where: words.contains) {
                .notTLS
            } else if let alert = Self.alertName(in: words) {
                .alert(alert)
            } else if ["eof", "EOF", "uncleanShutdown"].contains(where: words.contains) {
                .closed
            } else {
                .failed(words)
            }
    }

    /// The name of a TLS alert in BoringSSL's words, as in `SSLV3_ALERT_CERTIFICATE_UNKNOWN`.
    private static func alertName(in words: String) -> String? {
        guard let range = words.firstRange(of: "_ALERT_") else { return nil }
        return words[range.upperBound...].prefix { $0.isUppercase || $0 == "_" }.lowercased()
    }
}
