import HTTP2
import HTTPFields
import NIOCore

/// The origin's side of an exchange: hears its stream and passes the response on to the visitor's.
///
/// ## Concurrency
/// Belongs to the event loop of its exchange. It and the exchange keep each other until the exchange is over.
final class HTTP2OriginResponse: HTTP2StreamDelegate {
    private let exchange: HTTP2OriginExchange
    private let connection: HTTP2OriginConnection
    private let handler: HTTP2Handler
    private let openedAt = NIODeadline.now()
    private var stream: HTTP2Stream?
    private var download = RelayedBody(isEmpty: false)
    /// Whether the visitor has been given the final head.
    private(set) var hasHead = false

    init(exchange: HTTP2OriginExchange, connection: HTTP2OriginConnection, handler: HTTP2Handler) {
        self.exchange = exchange
        self.connection = connection
        self.handler = handler
    }

    func open(_ fields: FieldSection, ends: Bool) throws(HTTP2Error) {
        stream = try handler.open(fields, ends: ends, delegate: self)
    }

    var side: RelayedBody.Side? { stream.map { .init(stream: $0, handler: handler) } }
    var passedBytes: Int { download.passedBytes }

    /// The exchange is over: ends the stream if it is still there, and lets go of what came too late.
    func abandon(_ code: HTTP2ErrorCode) {
        guard let side else { return }
        download.drop(from: side)
        handler.reset(side.stream, code)
    }

    /// Gives a connection up on which nothing has come since the stream was opened: a host that lost its power says nothing,
    /// and every request would wait for it in vain until TCP notices.
    func leaveIfSilent() { if handler.lastReceived < openedAt { connection.leave() } }

    /// The visitor's stream takes bytes again.
    func visitorIsReady() {
        guard !exchange.isOver, let side else { return }
        download.resume(from: side, to: exchange.visitor)
        endIfComplete()
    }

    private func endIfComplete() { if download.isComplete { exchange.responseEnded() } }

    // MARK: HTTP2StreamDelegate

    func stream(_ stream: HTTP2Stream, received fields: FieldSection, kind: HTTP2Event.HeadKind) {
        guard !exchange.isOver else { return }
        switch kind {
        case .informational: inform(fields)
        case .response: respond(fields, ends: stream.endedWithHead)
        case .trailers: download.trailers = fields
        case .request: break  // an origin opens no streams (RFC 9113, 8.4 is switched off)
        }
    }

    private func inform(_ fields: FieldSection) {
        // 100 was the edge's to give, and it has.
        guard fields.string(":status") != "100" else { return }
        do throws(HTTP2Error) {
            try exchange.visitor.handler.inform(fields, on: exchange.visitor.stream)
        } catch {
            exchange.fail(.closed)
        }
    }

    private func respond(_ fields: FieldSection, ends: Bool) {
        hasHead = true
        exchange.responseBegan(status: fields.string(":status").flatMap(Int.init) ?? 502)
        if ends { download = RelayedBody(isEmpty: true) }
        do throws(HTTP2Error) {
            try exchange.visitor.handler.respond(fields, on: exchange.visitor.stream, ends: ends)
        } catch {
            return exchange.fail(.closed)
        }
        endIfComplete()
    }

    func stream(_ stream: HTTP2Stream, received data: ByteBuffer) {
        guard !exchange.isOver, let side else { return handler.taken(data.readableBytes, on: stream) }
        download.received(data, from: side, to: exchange.visitor)
    }

    func streamEnded(_ stream: HTTP2Stream) {
        guard !exchange.isOver else { return }
        download.ended(to: exchange.visitor)
        endIfComplete()
    }

    func streamWritable(_ stream: HTTP2Stream) { exchange.originIsReady() }

    func stream(_ stream: HTTP2Stream, closed code: HTTP2ErrorCode) {
        // Told before anything is asked anew: the next request must not be given to this connection.
        if code == .connectionLost { connection.leave() }
        connection.streamEnded()
        // A response that has come whole and waits for a slow visitor is no failure.
        guard !exchange.isOver, !download.sourceHasEnded else { return }
        exchange.originStreamClosed(code, wasUnheard: handler.lastReceived < openedAt)
    }

    func streamReadComplete(_ stream: HTTP2Stream) {}

    func bytesKept(of stream: HTTP2Stream) -> Int { exchange.isOver ? 0 : download.waitingBytes }

    func streamEvicted(_ stream: HTTP2Stream) { exchange.responseEvicted() }
}
