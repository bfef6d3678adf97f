import HTTP2
import HTTPFields
import NIOCore

/// One stream of a tunnel, answered by an app's closure.
///
/// Each side waits for the other: a piece of the request's body is taken from the stream when the closure asks for it, and
/// one of the response's when the stream has room.
///
/// ## Concurrency
/// Belongs to the event loop of its tunnel; the closure reaches it through a ``VisitLine``.
final class ClosureExchange: HTTP2StreamDelegate {
    private let request: TunnelRequest
    private let eventLoop: any EventLoop
    private let gone: AsyncStream<Void>.Continuation
    private let whenGone: AsyncStream<Void>
    private var progress: RequestProgress
    private var waiting = StalledBody()
    private var requestHasEnded: Bool
    /// The closure waits for a piece of the body.
    private var reading: EventLoopPromise<ByteBuffer?>?
    /// The closure waits until the stream has room.
    private var writing: EventLoopPromise<Void>?
    private var hasHead = false
    private var isOver = false
    private var timer: Scheduled<Void>?

    /// Something to send.
    struct Part: Sendable {
        var head: FieldSection?
        var bytes: ByteBuffer?
        var isLast = false
    }

    /// How much is handed over at once, in both directions.
    static let pieceSize = 64 * 1024

    init(_ request: TunnelRequest, eventLoop: any EventLoop) {
        self.request = request
        self.eventLoop = eventLoop
        progress = RequestProgress(request.fields)
        requestHasEnded = request.stream.endedWithHead
        (whenGone, gone) = AsyncStream.makeStream(of: Void.self)
    }

    /// Hands the request over, or answers it.
    ///
    /// - Returns: False for a request that cannot be said to a closure.
    func begin(at desk: HandlerDesk) -> Bool {
        let line = VisitLine(NIOLoopBound(self, eventLoop: eventLoop), eventLoop)
        guard let visitor = VisitorRequest(request.fields, line) else { return false }
        do throws(ClosureFailure) {
            guard !request.isWebSocket else { throw .noWebSocket }
            try desk.take(HandlerDesk.Visit(request: visitor, line: line, gone: whenGone))
            request.tap?.originConnected()
            expectAnswer()
        } catch {
            end(error)
        }
        return true
    }

    // MARK: The request

    func stream(_ stream: HTTP2Stream, received fields: FieldSection, kind: HTTP2Event.HeadKind) {}

    func stream(_ stream: HTTP2Stream, received data: ByteBuffer) {
        guard !isOver else { return request.handler.taken(data.readableBytes, on: stream) }
        progress.received += data.readableBytes
        if reading == nil { request.handler.readerStalled(on: stream) }
        waiting.keep(data)
        readOn()
    }

    func streamEnded(_ stream: HTTP2Stream) {
        requestHasEnded = true
        request.tap?.requestSent()
        readOn()
    }

    func streamReadComplete(_ stream: HTTP2Stream) {}

    func streamWritable(_ stream: HTTP2Stream) {
        let promise = writing
        writing = nil
        promise?.succeed()
    }

    func stream(_ stream: HTTP2Stream, closed code: HTTP2ErrorCode) { finish() }

    /// The next piece of the body; nil at its end.
    func next() -> EventLoopFuture<ByteBuffer?> {
        guard !isOver else { return eventLoop.makeFailedFuture(CancellationError()) }
        guard reading == nil else { return eventLoop.makeFailedFuture(VisitorBodyError.readTwice) }
        let promise = eventLoop.makePromise(of: ByteBuffer?.self)
        reading = promise
        // It is the visitor's turn now.
        timer?.cancel()
        readOn()
        return promise.futureResult
    }

    private func readOn() {
        guard let promise = reading, requestHasEnded || !waiting.isEmpty else { return }
        reading = nil
        let piece = waiting.take()
        if let piece { request.handler.taken(piece.readableBytes, on: request.stream) }
        expectAnswer()
        promise.succeed(piece)
    }

    /// Gives the closure a while to answer, or to ask for more of the request.
    private func expectAnswer() {
        timer?.cancel()
        guard !hasHead else { return }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        timer = eventLoop.scheduleTask(in: request.headDeadline) { bound.value.end(.late) }
    }

    // MARK: The response

    /// Sends a part of the response.
    ///
    /// - Returns: Done when the next part may follow; fails when the visitor has left.
    func send(_ part: Part) -> EventLoopFuture<Void> {
        guard !isOver else { return eventLoop.makeFailedFuture(CancellationError()) }
        var mayGoOn = true
        if let head = part.head {
            timer?.cancel()
            do throws(HTTP2Error) {
                try request.handler.respond(head, on: request.stream, ends: part.isLast && part.bytes == nil)
            } catch {
                return eventLoop.makeFailedFuture(error)
            }
            hasHead = true
            progress.status = Int(head.string(":status") ?? "") ?? 500
        }
        if let bytes = part.bytes {
            progress.sent += bytes.readableBytes
            mayGoOn = request.handler.send(bytes, on: request.stream)
        }
        guard !part.isLast else {
            if part.head == nil || part.bytes != nil { request.handler.finish(request.stream) }
            finish()
            return eventLoop.makeSucceededVoidFuture()
        }
        guard !mayGoOn, !isOver else { return eventLoop.makeSucceededVoidFuture() }
        let promise = eventLoop.makePromise(of: Void.self)
        writing = promise
        return promise.futureResult
    }

    // MARK: Ends

    /// The closure does not answer, or not to the end; does nothing when all has been said.
    func end(_ failure: ClosureFailure) {
        guard !isOver else { return }
        // Whoever reads must see that the body is not whole.
        guard !hasHead else {
            finish()
            return request.handler.reset(request.stream, .internalError)
        }
        let answer = failure.answer
        progress.status = Int(answer.status) ?? 500
        finish()
        answer.send(on: request.stream, request.handler, toHead: request.fields.isHead)
    }

    private func finish() {
        guard !isOver else { return }
        isOver = true
        timer?.cancel()
        request.handler.taken(waiting.drop(), on: request.stream)
        reading?.fail(CancellationError())
        reading = nil
        writing?.fail(CancellationError())
        writing = nil
        gone.finish()
        request.observe(progress)
    }
}
