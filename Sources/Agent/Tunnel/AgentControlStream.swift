import HTTP2
import HTTPFields
import NIOCore
import TunnelProtocol

/// The agent's end of the control stream: bytes in, messages to the tunnel; messages out.
///
/// ## Concurrency
/// Belongs to the event loop of its tunnel, which keeps it.
final class AgentControlStream: HTTP2StreamDelegate {
    /// Let go of at its end; not weak, which would make every count of references to the tunnel dearer.
    private var tunnel: AgentTunnel?
    private var handler: HTTP2Handler?
    private let stream: HTTP2Stream
    private var decoder = ControlDecoder<EdgeMessage>()
    private var machine: AgentControl?

    init(tunnel: AgentTunnel, stream: HTTP2Stream, handler: HTTP2Handler) {
        self.tunnel = tunnel
        self.stream = stream
        self.handler = handler
    }

    /// Accepts the stream and says hello.
    func begin(_ hello: Hello) {
        var fields = FieldSection(capacity: 32, fields: 1)
        fields.append(":status", "200")
        do { try handler?.respond(fields, on: stream, ends: false) } catch { return fail(.unexpected) }
        machine = AgentControl(openedAt: .now())
        send(.hello(hello))
    }

    func send(_ message: AgentMessage) {
        guard !stream.isClosed else { return }
        _ = handler?.send(message.line, on: stream)
    }

    /// Sends a request for the device's next certificate.
    ///
    /// - Returns: Whether it was sent, and will be answered, or be late.
    func renew(_ request: [UInt8]) -> Bool {
        guard machine?.renewalDue(at: .now()) == true else { return false }
        send(.renew(Renew(request: request)))
        return true
    }

    func tick(at now: NIODeadline) {
        switch machine?.tick(at: now) {
        case .send(let message): send(message)
        case .welcomeIsLate: fail(.unexpected)
        case .renewalIsLate: tunnel?.renewalEnded(.silent)
        case .carryOn, nil: break
        }
    }

    /// The tunnel is over; nothing can be sent any more.
    func tunnelEnded() {
        machine = nil
        handler = nil
        tunnel = nil
    }

    // MARK: HTTP2StreamDelegate

    func stream(_ stream: HTTP2Stream, received data: ByteBuffer) {
        handler?.taken(data.readableBytes, on: stream)
        do throws(ControlError) {
            for message in try decoder.feed(data) { handle(message) }
        } catch {
            fail(error)
        }
    }

    private func handle(_ message: EdgeMessage) {
        switch machine?.received(message, at: .now()) {
        case .welcomed(let welcome): tunnel?.welcomed(welcome)
        case .registered(let registered): tunnel?.registered(registered)
        case .refused(let refused): tunnel?.refused(refused)
        case .renewed(let renewed): tunnel?.renewalEnded(.renewed(chain: renewed.chain))
        case .renewalRefused(let refused): tunnel?.renewalEnded(.refused(refused))
        case .send(let answer): send(answer)
        case .measured(let time): tunnel?.measured(time)
        case .drain(let deadline): tunnel?.drain(within: deadline)
        case .superseded(let superseded): tunnel?.superseded(superseded)
        case .fail(let error): fail(error)
        case .ignore, nil: break
        }
    }

    private func fail(_ error: ControlError) {
        machine = nil
        tunnel?.controlFailed(error)
    }

    func stream(_ stream: HTTP2Stream, received fields: FieldSection, kind: HTTP2Event.HeadKind) {}

    func streamEnded(_ stream: HTTP2Stream) {
        if machine != nil { fail(.unexpected) }
    }

    func streamWritable(_ stream: HTTP2Stream) {}

    func stream(_ stream: HTTP2Stream, closed code: HTTP2ErrorCode) {
        if machine != nil, code != .connectionLost { fail(.unexpected) }
    }

    func streamReadComplete(_ stream: HTTP2Stream) {}
}
