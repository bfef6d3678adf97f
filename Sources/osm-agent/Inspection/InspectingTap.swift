import Agent
import HTTP2
import HTTPFields
import Inspector
import NIOCore

/// Records what passes on one stream of a tunnel.
///
/// ## Concurrency
/// Belongs to the event loop of its tunnel.
final class InspectingTap: ExchangeTap {
    private let recorder: ExchangeRecorder

    init(_ recorder: ExchangeRecorder) { self.recorder = recorder }

    func received(_ data: ByteBuffer) { recorder.received(data) }

    func received(trailers: FieldSection) { recorder.received(trailers: trailers) }

    func receivedEnd() { recorder.receivedEnd() }

    func originConnected() { recorder.originConnected() }

    func requestSent() { recorder.requestSent() }

    func sends(head: FieldSection) { recorder.sends(head: head) }

    func sends(status: Int, fields: FieldSection) { recorder.sends(status: status, fields: fields) }

    func sends(_ data: ByteBuffer) { recorder.sends(data) }

    func sendsEnd(trailers: FieldSection?) { recorder.sendsEnd(trailers: trailers) }

    func closed(_ code: HTTP2ErrorCode) { recorder.closed(problem: Self.problem(code)) }

    /// How a stream broke off, for people; nil when it did not.
    static func problem(_ code: HTTP2ErrorCode) -> String? {
        switch code {
        case .noError: nil
        case .cancel: "the exchange was cancelled: the visitor went away, or the origin broke off its answer"
        case .connectionLost: "the tunnel was lost"
        case .refusedStream: "the agent took no more requests"
        case .connectError: "the connection to the origin failed"
        case .enhanceYourCalm: "one side asked for too much at once"
        case .internalError: "the exchange broke off with an internal error"
        case .protocolError: "one side broke the rules of HTTP/2"
        default: "the stream was reset with code \(code.rawValue)"  // any 32 bits may come
        }
    }
}
