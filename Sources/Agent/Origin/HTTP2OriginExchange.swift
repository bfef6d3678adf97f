import HTTP2
import HTTPFields
import NIOCore

/// One stream of a tunnel, served by one stream of the connection to an HTTP/2 origin.
///
/// This is the visitor's side of it; ``HTTP2OriginResponse`` hears the origin's.
///
/// ## Concurrency
/// Belongs to the event loop of its tunnel, on which the origin's connection lives too.
final class HTTP2OriginExchange: HTTP2StreamDelegate {
    private let request: TunnelRequest
    private let fields: FieldSection
    private let origin: HTTP2Origin
    private let eventLoop: any EventLoop
    private var progress: RequestProgress

    private var state = State.waiting
    private var attempts = 0
    private var upload: RelayedBody
    private var response: HTTP2OriginResponse?
    private var timer: Scheduled<Void>?
    private var hasToldSent = false

    private enum State { case waiting, sent, over }

    /// - Returns: Nil for a request without a path, which is no request to an origin.
    init?(_ request: TunnelRequest, origin: HTTP2Origin, eventLoop: any EventLoop) {
        guard request.fields.first(.path) != nil else { return nil }
        self.request = request
        self.origin = origin
        self.eventLoop = eventLoop
        fields = Self.fields(for: request.fields, host: origin.host)
        progress = RequestProgress(request.fields)
        upload = RelayedBody(isEmpty: request.stream.endedWithHead)
    }

    /// The request as the visitor made it, but for the scheme: it is the one of this connection (RFC 9113, 8.3.1), and
    /// there are servers that refuse another.
    private static func fields(for request: FieldSection, host: String?) -> FieldSection {
        var fields = FieldSection(capacity: request.storage.readableBytes, fields: request.count)
        for index in request.entries.indices {
            if request.is(.scheme, at: index) {
                fields.append(.scheme, "http")
            } else if let host, request.is(.authority, at: index) {
                fields.append(.authority, host)
            } else if host != nil, request.is(.host, at: index) {
                continue
            } else {
                fields.append(index, of: request)
            }
        }
        return fields
    }

    var visitor: RelayedBody.Side { .init(stream: request.stream, handler: request.handler) }
    var isOver: Bool { state == .over }

    /// Where the body goes at present: nothing of a WebSocket is sent before the origin has agreed to it.
    private var sink: RelayedBody.Side? {
        guard !request.isWebSocket || (200..<300).contains(progress.status) else { return nil }
        return response?.side
    }

    // MARK: The request

    /// Asks for a stream.
    func begin() {
        startTimer()
        origin.enqueue(self)
    }

    /// Opens the stream that it waited for.
    func send(on connection: HTTP2OriginConnection) {
        guard state == .waiting, let handler = connection.handler else { return }
        guard !request.isWebSocket || connection.allowsExtendedConnect else { return fail(.noWebSocket) }
        attempts += 1
        let response = HTTP2OriginResponse(exchange: self, connection: connection, handler: handler)
        do throws(HTTP2Error) {
            try response.open(fields, ends: request.stream.endedWithHead)
        } catch {
            // GOAWAY came in one read with what made the connection ready, or its identifiers are used up.
            connection.leave()
            return sendAgain(orFail: .closed)
        }
        state = .sent
        self.response = response
        request.tap?.originConnected()
        stopTimer()
        originIsReady()
        expectHead()
    }

    private func sendAgain(orFail failure: OriginFailure) {
        guard attempts < 2 else { return fail(failure) }
        state = .waiting
        response = nil
        upload.startOver()
        stopTimer()
        begin()
    }

    func stream(_ stream: HTTP2Stream, received fields: FieldSection, kind: HTTP2Event.HeadKind) {
        if kind == .trailers { upload.trailers = fields }
    }

    func stream(_ stream: HTTP2Stream, received data: ByteBuffer) {
        guard state != .over else { return request.handler.taken(data.readableBytes, on: stream) }
        upload.received(data, from: visitor, to: sink)
        expectProgress()
    }

    func streamEnded(_ stream: HTTP2Stream) {
        guard state != .over else { return }
        upload.ended(to: sink)
        expectHead()
    }

    /// The origin takes bytes, for the first time or again.
    func originIsReady() {
        guard state == .sent else { return }
        if let sink {
            // It takes something now, and what is left has its own time.
            if owesBody { stopTimer() }
            upload.resume(from: visitor, to: sink)
            expectProgress()
        }
        expectHead()
    }

    func streamReadComplete(_ stream: HTTP2Stream) {}

    func streamWritable(_ stream: HTTP2Stream) { response?.visitorIsReady() }

    func stream(_ stream: HTTP2Stream, closed code: HTTP2ErrorCode) {
        // The visitor is gone, or the tunnel: the origin need not go on either.
        finish(tellingOrigin: code.relayed ?? .cancel)
    }

    // MARK: The deadline

    /// Whether the timer, when it runs, runs for the body and not for the head.
    private var owesBody: Bool {
        state == .sent && !request.isWebSocket && !upload.isComplete && response?.hasHead == false
    }

    /// An origin that takes none of the body has as long as one that does not answer: the visitor cannot go on meanwhile,
    /// so nobody waits for it either.
    private func expectProgress() {
        if owesBody, upload.waitingBytes > 0, timer == nil { startTimer() }
    }

    /// Starts the clock once the origin has the whole request; a visitor may take its time.
    private func expectHead() {
        guard state == .sent, upload.isComplete || request.isWebSocket, timer == nil else { return }
        if upload.isComplete, !hasToldSent {
            hasToldSent = true
            request.tap?.requestSent()
        }
        if response?.hasHead == false { startTimer() }
    }

    private func startTimer() {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        timer = eventLoop.scheduleTask(in: request.headDeadline) { bound.value.fail(.timeout) }
    }

    private func stopTimer() {
        timer?.cancel()
        timer = nil
    }

    // MARK: The response

    func responseBegan(status: Int) {
        stopTimer()
        progress.status = status
        request.observeOrigin(nil)
        if request.isWebSocket { originIsReady() }
    }

    /// The visitor has been told the whole response; what it still sends is dropped, for the origin wants no more.
    func responseEnded() { finish(tellingOrigin: .noError) }

    /// The origin's stream ended before its response did.
    ///
    /// - Parameters:
    ///   - code: What the origin said, or the loss of its connection.
    ///   - wasUnheard: Whether nothing at all has come from the origin since the stream was opened.
    func originStreamClosed(_ code: HTTP2ErrorCode, wasUnheard: Bool) {
        guard state == .sent else { return }
        // What RFC 9113, 8.7 says was not processed is sent anew, and so is what met a connection that was closing.
        let wasUnseen = code == .refusedStream || code == .connectionLost && wasUnheard && fields.isIdempotent
        if wasUnseen, upload.passedBytes == 0, !request.isWebSocket, attempts < 2 {
            return sendAgain(orFail: .closed)
        }
        guard response?.hasHead != true else { return cut(code.relayed ?? .internalError) }
        fail(OriginFailure(resetBeforeHead: code))
    }

    /// The memory in which the response waits for the visitor is needed for others.
    func responseEvicted() {
        guard state != .over else { return }
        cut(.enhanceYourCalm)
    }

    // MARK: Ends

    /// Answers in place of the origin, or breaks its answer off.
    func fail(_ failure: OriginFailure) {
        guard state != .over else { return }
        if case .timeout = failure { response?.leaveIfSilent() }
        // Whoever reads must see that the body is not whole.
        if response?.hasHead == true { return cut(.internalError) }
        progress.status = Int(failure.status) ?? 502
        request.observeOrigin(failure.isOfService ? failure.sentence : nil)
        finish(tellingOrigin: .cancel)
        AgentAnswer(failure).send(on: request.stream, request.handler, toHead: request.fields.isHead)
    }

    private func cut(_ code: HTTP2ErrorCode) {
        finish(tellingOrigin: .cancel)
        request.handler.reset(request.stream, code)
    }

    private func finish(tellingOrigin code: HTTP2ErrorCode) {
        guard state != .over else { return }
        if state == .waiting { origin.forget(self) }
        state = .over
        stopTimer()
        upload.drop(from: visitor)
        progress.received = upload.passedBytes
        progress.sent = response?.passedBytes ?? 0
        response?.abandon(code)
        response = nil
        request.observe(progress)
    }
}
