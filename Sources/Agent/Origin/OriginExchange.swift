import HTTP1
import HTTP2
import HTTPFields
import NIOCore

/// One stream of a tunnel, served by one request to an origin.
///
/// ## Concurrency
/// Belongs to the event loop of its tunnel, on which its origin connection lives too.
final class OriginExchange: HTTP2StreamDelegate {
    private let pool: OriginPool
    private let request: OriginRequest
    private let isWebSocket: Bool
    private let hasBody: Bool
    private let preface: ByteBuffer?
    private let tunnelled: TunnelRequest
    private let began = NIODeadline.now()
    private var status = 0
    private var receivedBytes = 0
    private var sentBytes = 0

    private var connection: OriginConnection?
    private var wait: OriginWait?
    private var state = State.connecting
    private var waiting = StalledBody()
    private var requestTrailers: FieldSection?
    private var visitorHasEnded = false
    private var requestIsSent = false
    private var hasSentBody = false
    private var response: Answer?
    private var isUpgraded = false

    private enum State { case connecting, sending, over }

    /// What is still to be known of the response's head.
    private struct Answer {
        let hasNoBody: Bool
        let keepAlive: Bool

        init(_ head: HTTP1ResponseHead) {
            hasNoBody = head.hasNoBody
            keepAlive = head.keepAlive
        }
    }

    init(_ tunnelled: consuming TunnelRequest, pool: OriginPool) throws(HTTP1Error) {
        let isWebSocket = tunnelled.isWebSocket
        let hasBody = isWebSocket || !tunnelled.stream.endedWithHead
        request =
            try isWebSocket
            ? OriginRequest(webSocket: tunnelled.fields, host: pool.host)
            : OriginRequest(tunnelled.fields, hasBody: hasBody, host: pool.host)
        preface = pool.options.proxyHeader.map { [fields = tunnelled.fields] version in
            VisitorAddresses(ofHTTP: fields).header(version: version)
        }
        self.pool = pool
        self.isWebSocket = isWebSocket
        self.hasBody = hasBody
        self.tunnelled = tunnelled
    }

    private var stream: HTTP2Stream { tunnelled.stream }
    private var handler: HTTP2Handler { tunnelled.handler }
    private var headDeadline: TimeAmount { tunnelled.headDeadline }
    private var tap: (any ExchangeTap)? { tunnelled.tap }

    /// Finds a connection and sends the request's head.
    func begin() { connect(fresh: false) }

    private func connect(fresh: Bool) {
        // A connection that changes its protocol does not come back, so it is not one of those that are shared.
        if isWebSocket { return pool.connectUncounted(preface: preface) { [self] in found($0) } }
        wait = pool.find(fresh: fresh, preface: preface) { [self] in found($0) }
    }

    private func found(_ result: Result<OriginConnection, OriginFailure>) {
        wait = nil
        switch result {
        case .success(let connection):
            guard state == .connecting else { return pool.giveBack(connection) }
            send(on: connection)
        case .failure(let failure): fail(failure)
        }
    }

    private func send(on connection: OriginConnection) {
        self.connection = connection
        state = .sending
        tap?.originConnected()
        connection.begin(self, head: request.head, as: request.kind)
        originIsReady()
        if !hasBody { requestSent() }
        if isWebSocket { expectHead() }
    }

    // MARK: The request's body

    func stream(_ stream: HTTP2Stream, received data: ByteBuffer) {
        guard state != .over else { return handler.taken(data.readableBytes, on: stream) }
        if waiting.isEmpty, let connection, !connection.isWritable { connection.flush() }
        let mayPass = !isWebSocket || isUpgraded
        guard state == .sending, mayPass, waiting.isEmpty, connection?.isWritable == true else {
            let wasWaiting = !waiting.isEmpty
            waiting.keep(data)
            handler.readerStalled(on: stream)
            if !wasWaiting { expectProgress() }
            return
        }
        pass(data)
    }

    private func pass(_ data: ByteBuffer) {
        // A chunk without a byte would be the end of the body.
        guard let connection, data.readableBytes > 0 else { return }
        hasSentBody = true
        receivedBytes += data.readableBytes
        if request.isChunked {
            var prefix = ByteBuffer()
            HTTP1Writer.chunkSize(data.readableBytes, into: &prefix)
            connection.write(prefix)
            connection.write(data)
            connection.write(Self.lineEnd)
        } else {
            connection.write(data)
        }
        handler.taken(data.readableBytes, on: stream)
    }

    private static let lineEnd = ByteBuffer(string: "\r\n")

    func streamEnded(_ stream: HTTP2Stream) {
        visitorHasEnded = true
        endRequestWhenPassed()
    }

    /// The origin's socket takes bytes, for the first time or again.
    func originIsReady() {
        guard state == .sending else { return }
        // Nothing of the new protocol is sent before the origin has agreed to it.
        if !isWebSocket || isUpgraded {
            while connection?.isWritable == true, let data = waiting.take() { pass(data) }
            expectProgress()
        }
        endRequestWhenPassed()
        connection?.flush()
    }

    private func endRequestWhenPassed() {
        guard state == .sending, hasBody, visitorHasEnded, waiting.isEmpty, !requestIsSent else { return }
        // Half a connection is no handshake: the end of a WebSocket waits for the origin's answer, as its bytes do.
        guard !isWebSocket || isUpgraded else { return }
        if request.isChunked {
            var end = ByteBuffer()
            do throws(HTTP1Error) {
                try HTTP1Writer.lastChunk(requestTrailers, into: &end)
            } catch {
                return fail(.badResponse(error))
            }
            connection?.write(end)
        }
        requestSent()
    }

    private func requestSent() {
        requestIsSent = true
        tap?.requestSent()
        if isWebSocket { webSocketEnded() } else { expectHead() }
    }

    /// The visitor will say nothing more: the origin is told so, and has a while to end its side.
    private func webSocketEnded() {
        guard let connection else { return }
        connection.flush()
        connection.closeOutput()
        connection.expectAnswer(within: headDeadline)
    }

    /// An origin that takes none of the body has as long as one that does not answer: the visitor cannot go on meanwhile,
    /// so nobody waits for it either.
    private func expectProgress() {
        guard hasBody, state == .sending, !isWebSocket, response == nil, !requestIsSent else { return }
        if waiting.isEmpty { connection?.answerCame() } else { connection?.expectAnswer(within: headDeadline) }
    }

    private func expectHead() {
        guard response == nil else { return }
        connection?.expectAnswer(within: headDeadline)
    }

    /// The head is late, the body is not taken, or a WebSocket's origin has had its while to end its side.
    func deadlinePassed() {
        guard state == .sending else { return }
        if response == nil { fail(.timeout) } else { end(nil) }
    }

    func stream(_ stream: HTTP2Stream, received fields: FieldSection, kind: HTTP2Event.HeadKind) {
        if kind == .trailers { requestTrailers = fields }
    }

    func streamReadComplete(_ stream: HTTP2Stream) { connection?.flush() }

    func stream(_ stream: HTTP2Stream, closed code: HTTP2ErrorCode) {
        guard state != .over else { return }
        // The visitor is gone, or the tunnel: the origin need not go on either.
        finish()
        connection?.close()
    }

    // MARK: The response

    func received(_ part: consuming HTTP1ResponseParser.Part) {
        guard state == .sending else { return }
        switch consume part {
        case .interim(let head): inform(head)
        case .head(let head): respond(head)
        case .body(let data):
            sentBytes += data.readableBytes
            if !handler.send(data, on: stream) { connection?.block() }
        case .end(let trailers): end(trailers)
        case .upgraded(let head): upgrade(head)
        }
    }

    func streamWritable(_ stream: HTTP2Stream) { connection?.unblock() }

    private func inform(_ head: HTTP1ResponseHead) {
        // 100 was the edge's to give, and it has.
        guard head.status != 100 else { return }
        do { try handler.inform(head.relayed, on: stream) } catch { fail(.closed) }
    }

    private func respond(_ head: HTTP1ResponseHead) {
        connection?.answerCame()
        // RFC 9110, 9.3.6: 2xx to a CONNECT would mean that the tunnel stands, and this origin did not upgrade.
        guard !isWebSocket || head.status >= 300 else { return fail(.badResponse(.unexpectedUpgrade)) }
        response = Answer(head)
        status = head.status
        tunnelled.observeOrigin(nil)
        do { try handler.respond(head.status, head.relayedFields, on: stream, ends: head.hasNoBody) } catch {
            fail(.closed)
        }
    }

    /// The origin has agreed to a WebSocket: the stream is open, and bytes pass as they are (RFC 8441, 5).
    private func upgrade(_ head: HTTP1ResponseHead) {
        connection?.answerCame()
        guard head.fields.string("sec-websocket-accept") == request.webSocketAccept else {
            return fail(.badResponse(.unexpectedUpgrade))
        }
        response = Answer(head)
        isUpgraded = true
        status = head.status
        tunnelled.observeOrigin(nil)
        do { try handler.respond(head.relayedUpgrade, on: stream, ends: false) } catch { return fail(.closed) }
        originIsReady()
    }

    private func end(_ trailers: FieldSection?) {
        guard let response else { return }
        if isWebSocket || !response.hasNoBody { handler.finish(stream, trailers: trailers) }
        let mayBeReused = requestIsSent && response.keepAlive && !isWebSocket
        let used = connection
        finish()
        used?.exchangeEnded(mayBeReused: mayBeReused)
    }

    // MARK: Ends

    /// The connection failed under the exchange.
    func failed(_ failure: OriginFailure, on connection: OriginConnection) {
        guard state == .sending else { return }
        // An idle connection may close just when it is used again. Whether the origin saw the request is not known, so
        // only one that may be sent twice is (RFC 9110, 9.2.2).
        let wasUnheard = connection.answered > 0 && !connection.hasHeard && response == nil
        if wasUnheard, !hasSentBody, !hasBody, tunnelled.fields.isIdempotent {
            state = .connecting
            self.connection = nil
            return connect(fresh: true)
        }
        fail(failure)
    }

    private func fail(_ failure: OriginFailure) {
        guard state != .over else { return }
        let used = connection
        let hasResponded = response != nil
        if !hasResponded { status = Int(failure.status) ?? 502 }
        finish()
        used?.close()
        if hasResponded {
            // Whoever reads must see that the body is not whole.
            handler.reset(stream, .internalError)
        } else {
            tunnelled.observeOrigin(failure.isOfService ? failure.sentence : nil)
            AgentAnswer(failure).send(on: stream, handler, toHead: tunnelled.fields.isHead)
        }
    }

    private func finish() {
        state = .over
        wait?.cancel()
        wait = nil
        handler.taken(waiting.drop(), on: stream)
        var progress = RequestProgress(tunnelled.fields, began: began)
        progress.status = status
        progress.received = receivedBytes
        progress.sent = sentBytes
        tunnelled.observe(consume progress)
    }
}
