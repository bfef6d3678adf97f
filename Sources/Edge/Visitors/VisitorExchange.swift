import CoreMetrics
import HTTP1
import HTTP2
import HTTPFields
import NIOCore
import TunnelProtocol

/// One request of a visitor and its response, carried by one stream of a tunnel.
///
/// ## Concurrency
/// Belongs to the event loop of its connection and of its tunnel, which are the same.
final class VisitorExchange: HTTP2StreamDelegate {
    private let head: HTTP1RequestHead
    private let connection: VisitorConnection
    private let core: EdgeCore
    let requestID: String
    private let began = NIODeadline.now()

    private var tunnel: HTTP2Handler?
    private var stream: HTTP2Stream?
    private var state = State.awaitingResponse
    private var status = 0
    private var response = ResponseWriter()
    private var stalled = StalledBody()
    private var trailers: FieldSection?
    private var responseHasEnded = false

    private var isWebSocket: Bool { head.upgrade == .webSocket }

    private enum State { case awaitingResponse, streaming, over }

    private static let goOn = ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")

    init(head: HTTP1RequestHead, connection: VisitorConnection, core: EdgeCore) {
        self.head = head
        self.connection = connection
        self.core = core
        requestID = core.nextRequestID()
    }

    // MARK: The request

    func begin() {
        guard let authority = head.authority.map({ String(decoding: $0, as: UTF8.self).lowercased() }),
            let host = HostName(authority)
        else { return fail(.unknownHost) }
        switch core.route(host.text) {
        case .unknown: fail(.unknownHost)
        case .offline: fail(.agentOffline)
        case .tunnel(let tunnel): open(on: tunnel, authority: authority)
        }
    }

    private func open(on tunnel: EdgeTunnel, authority: String) {
        guard head.upgrade != .other, !head.isConnect else { return fail(.unsupported) }
        guard !isWebSocket || tunnel.allowsExtendedConnect else { return fail(.unsupported) }
        let forwarded = ForwardedRequest(
            head: head,
            authority: authority,
            visitor: connection.remoteAddress,
            scheme: core.configuration.publicURL.scheme,
            requestID: requestID
        )
        do {
            stream = try tunnel.open(forwarded.fields, ends: head.hasNoBody && !isWebSocket, delegate: self)
            self.tunnel = tunnel.handler
        } catch {
            return fail(.tunnelLost)
        }
        if head.expectsContinue { connection.write(Self.goOn) }
    }

    /// Hands on a piece of the request's body.
    ///
    /// - Returns: Whether more may be read from the visitor.
    func requestBody(_ data: ByteBuffer) -> Bool {
        guard let stream, state != .over else { return true }
        return tunnel?.send(data, on: stream) ?? true
    }

    func requestEnded(_ trailers: FieldSection?) {
        guard let stream, state != .over, !head.hasNoBody else { return }
        tunnel?.finish(stream, trailers: trailers)
    }

    /// The visitor is gone: nobody wants the rest.
    func visitorLeft() {
        guard state != .over else { return }
        finishAccounts()
        cancel(.cancel)
    }

    private func cancel(_ code: HTTP2ErrorCode) {
        state = .over
        guard let stream, !stream.isClosed else { return }
        tunnel?.reset(stream, code)
    }

    // MARK: The response

    func stream(_ stream: HTTP2Stream, received fields: FieldSection, kind: HTTP2Event.HeadKind) {
        guard state != .over else { return }
        switch kind {
        case .informational: passInterim(fields)
        case .response: beginResponse(fields)
        case .trailers: trailers = fields
        case .request: break  // an agent's tunnel has no streams of its own (RFC 9113, 8.4 is switched off)
        }
    }

    private func passInterim(_ fields: FieldSection) {
        // A 100 is the edge's own to give; HTTP/1.0 knows no interim responses.
        guard let code = fields.status, code != 100, head.version == .http11 else { return }
        do throws(HTTP1Error) {
            connection.write(try ResponseWriter.interim(status: code, fields: fields))
        } catch {
            fail(.badResponse)
        }
    }

    private func beginResponse(_ fields: FieldSection) {
        guard let code = fields.status else { return fail(.badResponse) }
        if isWebSocket, (200..<300).contains(code) { return upgrade(fields) }
        status = code
        state = .streaming
        do throws(HTTP1Error) {
            connection.write(
                try response.begin(
                    status: code,
                    fields: fields,
                    to: head,
                    requestID: requestID,
                    closes: !head.keepAlive || core.isDraining || isWebSocket
                )
            )
        } catch {
            state = .awaitingResponse
            fail(.badResponse)
        }
    }

    /// The origin has agreed to a WebSocket: from here on bytes pass as they are, both ways.
    private func upgrade(_ fields: FieldSection) {
        guard let key = head.fields.first("sec-websocket-key") else { return fail(.badResponse) }
        status = 101
        state = .streaming
        do throws(HTTP1Error) {
            connection.write(try response.upgrade(fields: fields, key: key, requestID: requestID))
        } catch {
            state = .awaitingResponse
            return fail(.badResponse)
        }
        connection.becameRaw()
    }

    /// The visitor ended its side of a WebSocket.
    func rawEnded() {
        guard let stream, state == .streaming else { return }
        tunnel?.finish(stream)
    }

    func stream(_ stream: HTTP2Stream, received data: ByteBuffer) {
        guard state == .streaming else {
            tunnel?.taken(data.readableBytes, on: stream)
            return
        }
        if stalled.isEmpty, !connection.isWritable { connection.flush() }
        guard stalled.isEmpty, connection.isWritable else {
            stalled.keep(data)
            tunnel?.readerStalled(on: stream)
            return
        }
        pass(data, on: stream)
    }

    private func pass(_ data: ByteBuffer, on stream: HTTP2Stream) {
        core.metrics.bytesToVisitors.increment(by: data.readableBytes)
        response.write(data) { connection.write($0) }
        tunnel?.taken(data.readableBytes, on: stream)
    }

    func streamEnded(_ stream: HTTP2Stream) {
        responseHasEnded = true
        endWhenPassed()
    }

    /// The visitor's socket takes bytes again.
    func visitorIsReady() {
        guard state == .streaming, let stream, let waiting = stalled.take() else { return }
        pass(waiting, on: stream)
        endWhenPassed()
        connection.flush()
    }

    private func endWhenPassed() {
        guard state == .streaming, responseHasEnded, stalled.isEmpty else { return }
        guard response.isComplete else { return cut() }
        if let end = response.end(trailers: trailers) { connection.write(end) }
        finishAccounts()
        state = .over
        if let stream, !stream.isClosed { tunnel?.reset(stream, .noError) }
        connection.exchangeEnded(keepsAlive: response.keepsAlive)
    }

    func streamReadComplete(_ stream: HTTP2Stream) { connection.flush() }

    func streamWritable(_ stream: HTTP2Stream) { connection.requestBodyMayGoOn() }

    func stream(_ stream: HTTP2Stream, closed code: HTTP2ErrorCode) {
        switch state {
        case .over: return
        case .streaming:
            // A response that has arrived whole and waits for a slow visitor is no failure.
            if !responseHasEnded { cut() }
        case .awaitingResponse: fail(code == .connectionLost ? .tunnelLost : .streamRefused)
        }
    }

    // MARK: Ends

    /// The response broke off: the visitor must be able to tell.
    private func cut() {
        finishAccounts()
        cancel(.cancel)
        connection.abort()
    }

    /// Answers in place of the origin.
    private func fail(_ failure: EdgeFailure) {
        cancel(.cancel)
        status = failure.status
        finishAccounts()
        let keepsAlive = head.keepAlive && head.hasNoBody && !isWebSocket
        let page = ErrorPage(failure, requestID: requestID)
        connection.write(page.bytes(closes: !keepsAlive, withoutBody: head.isHead))
        connection.exchangeEnded(keepsAlive: keepsAlive)
    }

    private func finishAccounts() {
        core.metrics.requestAnswered(status: status)
        core.metrics.requestDuration.recordNanoseconds((NIODeadline.now() - began).nanoseconds)
    }
}

extension FieldSection {
    /// The `:status` of a response; nil when it is not three digits.
    fileprivate var status: Int? { first(":status").flatMap { $0.count == 3 ? Int(String(decoding: $0, as: UTF8.self)) : nil } }
}
