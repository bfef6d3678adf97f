import HTTP2
import HTTPFields
import NIOCore
import TunnelProtocol

/// The edge's end of a control stream: bytes in, messages to the tunnel; messages out.
///
/// ## Concurrency
/// Belongs to the event loop of its tunnel, which keeps it.
final class ControlStream: HTTP2StreamDelegate {
    /// Let go of at its end; not weak, which would make every count of references to the tunnel dearer.
    private var tunnel: EdgeTunnel?
    private var handler: HTTP2Handler?
    private var stream: HTTP2Stream?
    private var decoder = ControlDecoder<AgentMessage>()
    private var machine: EdgeControl?

    init(tunnel: EdgeTunnel) { self.tunnel = tunnel }

    /// Opens the stream by extended CONNECT (RFC 8441).
    func open(on handler: HTTP2Handler, authority: String) throws(HTTP2Error) {
        var fields = FieldSection(capacity: 128, fields: 5)
        fields.append(":method", "CONNECT")
        fields.append(":protocol", TunnelConstants.controlProtocol)
        fields.append(":scheme", "https")
        fields.append(":authority", authority)
        fields.append(":path", TunnelConstants.controlPath)
        self.handler = handler
        stream = try handler.open(fields, ends: false, delegate: self)
    }

    func send(_ message: EdgeMessage) {
        guard let stream, !stream.isClosed else { return }
        // The queue of one control stream is bounded by what the agent may ask: one answer a message, and the beats.
        guard stream.queuedBytes < 64 * TunnelConstants.controlLineBytes else { return end(.unexpected) }
        _ = handler?.send(message.line, on: stream)
    }

    func tick(at now: NIODeadline) {
        switch machine?.tick(at: now) {
        case .send(let message): send(message)
        case .helloIsLate:
            tunnel?.leave(GoAwayNotice(.controlTimeout, message: "No hello arrived on the control stream."))
        case .carryOn, nil: break
        }
    }

    /// Answers a `renew`, unless the stream is over.
    func answerRenewal(_ message: EdgeMessage) {
        guard machine?.renewalAnswered() == true else { return }
        send(message)
    }

    /// The tunnel is over; nothing can be sent any more.
    func tunnelEnded() {
        machine = nil
        stream = nil
        handler = nil
        tunnel = nil
    }

    // MARK: HTTP2StreamDelegate

    func stream(_ stream: HTTP2Stream, received fields: FieldSection, kind: HTTP2Event.HeadKind) {
        guard kind == .response else { return }
        guard fields.string(":status") == "200" else {
            // Any HTTP/2 server may stand here: what it does not know, it refuses, and serves HTTP all the same.
            self.stream = nil
            handler?.reset(stream, .noError)
            tunnel?.serveAsSidecar()
            return
        }
        machine = EdgeControl(openedAt: .now())
    }

    func stream(_ stream: HTTP2Stream, received data: ByteBuffer) {
        handler?.taken(data.readableBytes, on: stream)
        guard machine != nil else { return }
        do throws(ControlError) {
            for message in try decoder.feed(data) { handle(message) }
            guard machine?.mayGoOn(havingSkipped: decoder.takeSkipped(), at: .now()) ?? true else { throw .tooMany }
        } catch {
            end(error)
        }
    }

    private func handle(_ message: AgentMessage) {
        switch machine?.received(message, at: .now()) {
        case .begin(let hello): tunnel?.begin(hello)
        case .refuseProtocol: send(.refused(Refused(ref: nil, code: .unsupportedProtocol)))
        case .register(let register): tunnel?.register(register)
        case .unregister(let unregister): tunnel?.unregister(unregister)
        case .renew(let renew): tunnel?.renew(renew)
        case .send(let answer): send(answer)
        case .measured(let time): tunnel?.measured(time)
        case .fail(let error): end(error)
        case .ignore, nil: break
        }
    }

    /// The agent broke the protocol: its tunnel ends, and it learns why.
    private func end(_ error: ControlError) {
        machine = nil
        // Let go of first: the stream's closing must not pass for that of a server without a control stream.
        let broken = stream
        stream = nil
        if let broken { handler?.reset(broken, .protocolError) }
        tunnel?.leave(GoAwayNotice(.protocolError, message: "Control stream: \(error.rawValue)."))
    }

    func streamEnded(_ stream: HTTP2Stream) {
        guard machine != nil else { return }
        end(.unexpected)
    }

    func streamWritable(_ stream: HTTP2Stream) {}

    func stream(_ stream: HTTP2Stream, closed code: HTTP2ErrorCode) {
        guard self.stream === stream else { return }
        self.stream = nil
        // The tunnel is over, and knows why.
        guard code != .connectionLost else { return }
        guard machine == nil else { return end(.unexpected) }
        // Reset before it was answered: a server that does not know extended CONNECT after all.
        tunnel?.serveAsSidecar()
    }

    func streamReadComplete(_ stream: HTTP2Stream) {}
}
