import CoreMetrics
import HTTP1
import HTTP2
import HTTPFields
import NIOCore

/// One request of a visitor and its response, carried by one stream of a tunnel.
///
/// ## Concurrency
/// Belongs to the event loop of its connection and of its tunnel, which are the same.
final class VisitorExchange: HTTP2StreamDelegate {
    let request: VisitorRequest
    /// Let go of when the exchange is over: the two know each other.
    var responder: (any VisitorResponder)?
    let core: EdgeCore
    var account: RequestAccount

    private var asked: RequestedHosts.Requested?
    /// The way to another tunnel, as long as the request may be sent again.
    private var remaining: RequestRoute?
    private var hasSentBody = false
    private var setCookie: String?
    private(set) var tunnel: HTTP2Handler?
    private(set) var stream: HTTP2Stream?
    var state = State.awaitingResponse
    var stalled = StalledBody()
    private var requestTrailers: FieldSection?
    private var trailers: FieldSection?
    private var responseHasEnded = false
    /// Gives up on a body that comes too slowly, until the response begins; let go of then, since it knows the exchange.
    private var bodyWatch: BodyWatch?

    /// Tunnels that a request may be offered to: a second when the first one takes none any more.
    private static let tunnelsTried = 2

    /// Up to this size nothing is worth a question about the visitor.
    private static let smallPiece = 2 * 1024

    enum State { case awaitingResponse, streaming, over }

    init(request: VisitorRequest, responder: any VisitorResponder, core: EdgeCore) {
        self.request = request
        self.responder = responder
        self.core = core
        account = RequestAccount(requestID: core.nextRequestID())
        account.client = responder.peer
    }

    private var isWebSocket: Bool { request.kind == .webSocket }

    // MARK: The request

    func begin() {
        let asked = core.requestedHosts.read(request.authority ?? ByteBufferView())
        self.asked = asked
        let fields = request.fields
        let identity = visitorIdentity(asking: asked.authority, fields)
        account.client = identity.clientAddress
        let trace = TraceContext(fields: fields, using: &core.identifiers)
        account.trace = trace
        guard let host = asked.host else { return fail(.unknownHost) }
        var route = core.route(
            host: host,
            path: request.target,
            fields: fields,
            needsExtendedConnect: isWebSocket,
            at: account.began
        )
        guard !route.isUnknown else { return fail(core.mayReturn(host, at: account.began) ? .starting : .unknownHost) }
        guard request.kind != .unsupported else { return fail(.unsupported) }
        guard !core.overload.shedsRequests else { return fail(.overloaded) }
        let forwarded = forwarded(asked.authority, identity, trace)
        defer { core.keep(forwarded) }
        var failure = EdgeFailure.agentOffline
        for _ in 0..<Self.tunnelsTried {
            guard case .tunnel(let tunnel) = core.next(on: &route) else { break }
            if open(forwarded, on: tunnel) {
                setCookie = route.setCookie
                remaining = consume route
                if request.expectsContinue { responder?.goOn() }
                if request.hasBody, !isWebSocket { watchBody() }
                return
            }
            failure = tunnel.isFull ? .overloaded : .tunnelLost
        }
        fail(failure)
    }

    private func watchBody() {
        bodyWatch = BodyWatch(limits: core.configuration.border, in: core.deadlines) { self.bodyIsDue() }
        bodyWatch?.awaits(at: core.eventLoop.now)
    }

    private func bodyIsDue() {
        guard bodyWatch?.isLate(at: core.eventLoop.now) == true else { return }
        // Who is not allowed to send is not late.
        if responder?.maySend == false { bodyWatch?.awaits(at: core.eventLoop.now) } else { fail(.bodyTimeout) }
    }

    /// The body is complete, or the response has begun: from then on both may take their time.
    func watchNoBody() {
        bodyWatch?.cancel()
        bodyWatch = nil
    }

    private func forwarded(_ authority: String, _ identity: VisitorIdentity, _ trace: TraceContext) -> FieldSection {
        ForwardedRequest(
            request,
            authority: authority,
            visitor: identity,
            trace: trace,
            requestID: account.requestID,
            reusing: core.takeFields()
        ).fields
    }

    private func visitorIdentity(asking authority: String, _ fields: FieldSection) -> VisitorIdentity {
        VisitorIdentity(
            peer: responder?.peer,
            authority: authority,
            fields: fields,
            trusted: core.configuration.trustedProxies,
            publicScheme: core.configuration.publicURL.scheme
        )
    }

    private func open(_ fields: FieldSection, on tunnel: EdgeTunnel) -> Bool {
        do {
            stream = try tunnel.open(fields, ends: !request.hasBody && !isWebSocket, delegate: self)
            self.tunnel = tunnel.handler
            account.device = tunnel.device
            return true
        } catch {
            return false
        }
    }

    /// Sends a request again of which no origin can have seen anything (RFC 9113, 8.7), once, by another tunnel.
    private func openElsewhere() -> Bool {
        guard let asked, let trace = account.trace, var route = remaining.take(), !hasSentBody else { return false }
        let identity = visitorIdentity(asking: asked.authority, request.fields)
        let forwarded = forwarded(asked.authority, identity, trace)
        defer { core.keep(forwarded) }
        guard case .tunnel(let tunnel) = core.next(on: &route), open(forwarded, on: tunnel) else { return false }
        setCookie = route.setCookie
        core.metrics.requestsRetried.increment()
        return true
    }

    /// Hands on a piece of the request's body.
    ///
    /// - Returns: Whether more may be read from the visitor.
    func requestBody(_ data: ByteBuffer) -> Bool {
        guard let stream, state != .over else { return true }
        hasSentBody = true
        account.bytesIn += data.readableBytes
        bodyWatch?.arrived(data.readableBytes, at: core.eventLoop.now)
        guard tunnel?.send(data, on: stream) == false else { return true }
        bodyWatch?.rests()
        return false
    }

    /// Fields that came behind the request's body; they leave when it ends.
    func requestTrailers(_ fields: FieldSection) { requestTrailers = fields }

    func requestEnded() {
        watchNoBody()
        guard let stream, state != .over, request.hasBody || isWebSocket else { return }
        hasSentBody = true
        tunnel?.finish(stream, trailers: requestTrailers)
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
        guard let code = fields.status, code != 100, request.takesInterim else { return }
        do throws(HTTP1Error) {
            try responder?.interim(code, fields)
        } catch {
            fail(.badResponse)
        }
    }

    private func beginResponse(_ fields: FieldSection) {
        remaining = nil
        watchNoBody()
        guard let code = fields.status, let stream else { return fail(.badResponse) }
        if isWebSocket, (200..<300).contains(code) { return upgrade(fields) }
        account.status = code
        if let failure = EdgeFailure(answeredByAgent: fields) {
            account.failure = .answered(failure)
            if wantsPage { return fail(failure, says: fields.first("proxy-status")) }
        }
        state = .streaming
        do throws(HTTP1Error) {
            try responder?.begin(code, sticky(fields), requestID: account.requestID, ends: stream.endedWithHead)
        } catch {
            state = .awaitingResponse
            fail(.badResponse)
        }
    }

    /// Whether the visitor reads pages rather than the text of an agent.
    private var wantsPage: Bool { ErrorFormat(accepting: request.fields) != .plain }

    /// With the cookie by which the visitor stays with its device, when it must be told.
    private func sticky(_ fields: FieldSection) -> FieldSection {
        guard let setCookie else { return fields }
        var fields = fields
        fields.append("set-cookie", setCookie)
        return fields
    }

    /// The origin has agreed to a WebSocket: from here on bytes pass as they are, both ways.
    private func upgrade(_ fields: FieldSection) {
        account.status = 101
        state = .streaming
        do throws(HTTP1Error) {
            try responder?.upgrade(fields, requestID: account.requestID)
        } catch {
            state = .awaitingResponse
            fail(.badResponse)
        }
    }

    func stream(_ stream: HTTP2Stream, received data: ByteBuffer) {
        guard state == .streaming, let responder else {
            tunnel?.taken(data.readableBytes, on: stream)
            return
        }
        var takesMore = responder.takesMore
        if stalled.isEmpty, !takesMore {
            responder.flush()
            takesMore = responder.takesMore
        }
        guard stalled.isEmpty, takesMore else {
            stalled.keep(data)
            tunnel?.readerStalled(on: stream)
            return
        }
        let isPinning = data.readableBytes > Self.smallPiece && responder.isBehind
        pass(isPinning ? copied(data) : data, on: stream, to: responder)
    }

    /// What waits in a socket's queue must not keep the whole buffer alive that it was read into.
    private func copied(_ data: ByteBuffer) -> ByteBuffer { ByteBuffer(bytes: data.readableBytesView) }

    private func pass(_ data: ByteBuffer, on stream: HTTP2Stream, to responder: any VisitorResponder) {
        core.metrics.bytesToVisitors.increment(by: data.readableBytes)
        account.bytesOut += data.readableBytes
        responder.write(data)
        tunnel?.taken(data.readableBytes, on: stream)
    }

    func streamEnded(_ stream: HTTP2Stream) {
        responseHasEnded = true
        endWhenPassed()
    }

    /// The visitor's socket takes bytes again.
    func visitorIsReady() {
        guard state == .streaming, let stream, let responder else { return }
        // Piece by piece: the agent gets credit only for what the socket's queue has room for.
        while responder.takesMore, let piece = stalled.take() { pass(piece, on: stream, to: responder) }
        endWhenPassed()
        responder.flush()
    }

    func bytesKept(of stream: HTTP2Stream) -> Int { state == .streaming ? stalled.byteCount : 0 }

    /// The tunnel needs its memory more than this visitor, who is behind, needs the rest.
    func streamEvicted(_ stream: HTTP2Stream) {
        guard state == .streaming else { return }
        _ = stalled.drop()
        cut(.enhanceYourCalm, because: .readerEvicted)
    }

    private func endWhenPassed() {
        guard state == .streaming, responseHasEnded, stalled.isEmpty else { return }
        settle()
        // The agent need not read the rest of a request that it has answered.
        cancel(.noError)
        let responder = release()
        responder?.finish(trailers)
    }

    func streamReadComplete(_ stream: HTTP2Stream) { responder?.flush() }

    func streamWritable(_ stream: HTTP2Stream) {
        bodyWatch?.awaits(at: core.eventLoop.now)
        responder?.requestBodyMayGoOn()
    }

    func stream(_ stream: HTTP2Stream, closed code: HTTP2ErrorCode) {
        switch state {
        case .over: return
        case .streaming:
            // A response that has arrived whole and waits for a slow visitor is no failure.
            guard !responseHasEnded else { return }
            // The tunnel's own way to get its memory back from the reader who holds most of it.
            let isEvicted = code == .enhanceYourCalm && !stalled.isEmpty
            cut(code, because: isEvicted ? .readerEvicted : code == .connectionLost ? .tunnelLost : .originBroke)
        case .awaitingResponse:
            if code == .refusedStream, openElsewhere() { return }
            guard code != .connectionLost else { return fail(.tunnelLost) }
            // What neither the agent's reset nor its GOAWAY explains is the library's word on a response that is none.
            fail(stream.wasResetByPeer || code == .refusedStream ? .streamRefused : .badResponse)
        }
    }
}

extension FieldSection {
    /// The `:status` of a response; nil when it is not three digits.
    fileprivate var status: Int? {
        guard let index = firstIndex(of: .status), entries[index].valueLength == 3 else { return nil }
        let bytes = storage.readableBytesUInt8Span
        let start = Int(entries[index].valueOffset)
        var status = 0
        for place in start..<start + 3 {
            guard (0x30...0x39).contains(bytes[place]) else { return nil }
            status = status * 10 + Int(bytes[place] - 0x30)
        }
        return status >= 100 ? status : nil
    }
}
