import CoreMetrics
import HTTP1
import HTTP2
import HTTPFields
import NIOCore
import TunnelProtocol

/// One request of an HTTP/2 visitor, and the answer to it.
final class HTTP2Responder: VisitorResponder, HTTP2StreamDelegate {
    private let visitor: HTTP2Visitor
    private let stream: HTTP2Stream
    private let core: EdgeCore
    private var exchange: VisitorExchange?
    private var isHead = false
    private var isBlocked = false
    private var hasEnded = false
    /// Bytes of the request's body that the tunnel's queue has not let go of; the visitor gets no credit for them.
    private var held = 0
    private var bodyIsBlocked = false
    private var clock: ProgressClock
    private var written = 0
    private var taken = 0
    /// What came after the response had ended, and nobody reads.
    private var surplus = 0
    private var requestHasEnded = false
    /// At the last look the response had left, its end included, and the request had not ended.
    private var isOnlyAwaitingRequest = false

    /// How much of a body that nobody wants is read, so that a visitor who is still sending sees its answer.
    static let toleratedSurplus = 1024 * 1024

    init(stream: HTTP2Stream, visitor: HTTP2Visitor, core: EdgeCore) {
        self.stream = stream
        self.visitor = visitor
        self.core = core
        clock = ProgressClock(limit: core.configuration.border.readerDeadline)
    }

    /// Reads the request and sends it on its way.
    func begin(_ fields: FieldSection) {
        do throws(HTTP1Error) {
            let head = try HTTP2RequestHead(fields)
            isHead = head.method.elementsEqual("HEAD".utf8)
            let request = VisitorRequest(head, fields: fields, endsWithHead: stream.endedWithHead)
            let exchange = VisitorExchange(request: request, responder: self, core: core)
            self.exchange = exchange
            exchange.begin()
        } catch {
            answer(core.refused(status: error.status, sentence: error.sentence, peer: peer))
        }
    }

    // MARK: HTTP2StreamDelegate: the request

    func stream(_ stream: HTTP2Stream, received fields: FieldSection, kind: HTTP2Event.HeadKind) {
        guard kind == .trailers else { return }
        exchange?.requestTrailers(HopByHop.allowedTrailers(fields))
    }

    func stream(_ stream: HTTP2Stream, received data: ByteBuffer) {
        guard let exchange, !hasEnded else { return discard(data) }
        core.metrics.bytesFromVisitors.increment(by: data.readableBytes)
        held += data.readableBytes
        if !exchange.requestBody(data) { bodyIsBlocked = true }
        if !bodyIsBlocked { returnCredit() }
    }

    private func discard(_ data: ByteBuffer) {
        surplus += data.readableBytes
        visitor.handler?.taken(data.readableBytes, on: stream)
        // RFC 9113, 8.1: a complete response, and a request that is not needed any more.
        if surplus > Self.toleratedSurplus { visitor.handler?.reset(stream, .noError) }
    }

    func requestBodyMayGoOn() {
        bodyIsBlocked = false
        returnCredit()
    }

    private func returnCredit() {
        guard held > 0 else { return }
        visitor.handler?.taken(held, on: stream)
        held = 0
    }

    func streamEnded(_ stream: HTTP2Stream) {
        requestHasEnded = true
        exchange?.requestEnded()
    }

    func streamWritable(_ stream: HTTP2Stream) {
        isBlocked = false
        exchange?.visitorIsReady()
    }

    func stream(_ stream: HTTP2Stream, closed code: HTTP2ErrorCode) {
        let exchange = self.exchange
        self.exchange = nil
        returnCredit()
        exchange?.visitorLeft()
        visitor.closed(self)
    }

    func streamReadComplete(_ stream: HTTP2Stream) {}

    // MARK: VisitorResponder: the response

    var peer: IPAddress? { visitor.peer }
    var takesMore: Bool { !isBlocked }
    var maySend: Bool { visitor.handler?.withholdsCredit != true }
    /// All of a turn waits in the stream's queue until its end, so that only half a queue says something.
    var isBehind: Bool { stream.queuedBytes > 64 * 1024 }

    func goOn() {
        var fields = FieldSection(capacity: 16, fields: 1)
        fields.append(":status", "100")
        inform(fields)
    }

    func interim(_ status: Int, _ fields: FieldSection) throws(HTTP1Error) {
        inform(try HTTP2ResponseFields.interim(status, fields))
    }

    private func inform(_ fields: FieldSection) {
        do throws(HTTP2Error) {
            try visitor.handler?.inform(fields, on: stream)
        } catch {
            visitor.handler?.reset(stream, .internalError)
        }
    }

    func begin(_ status: Int, _ fields: FieldSection, requestID: String, ends: Bool) throws(HTTP1Error) {
        respond(try HTTP2ResponseFields.final(status, fields, requestID: requestID), ends: ends)
    }

    func upgrade(_ fields: FieldSection, requestID: String) throws(HTTP1Error) {
        respond(try HTTP2ResponseFields.final(200, fields, requestID: requestID), ends: false)
    }

    private func respond(_ fields: FieldSection, ends: Bool) {
        if ends { hasEnded = true }
        do throws(HTTP2Error) {
            try visitor.handler?.respond(fields, on: stream, ends: ends)
        } catch {
            // An answer that cannot be sent must not leave the visitor waiting.
            visitor.handler?.reset(stream, .internalError)
        }
    }

    func write(_ data: ByteBuffer) {
        guard !isHead, !hasEnded, data.readableBytes > 0, let handler = visitor.handler else { return }
        written += data.readableBytes
        if !handler.send(data, on: stream) { isBlocked = true }
    }

    /// Resets the stream when its reader has taken nothing for too long while bytes, or the end, wait for it, or when it has
    /// the whole response and still does not end its request.
    func lookAfterReader(at now: NIODeadline) {
        let waiting = stream.queuedBytes
        let progress = written - waiting - taken
        taken += progress
        guard waiting > 0 || hasEnded && !stream.hasSentEnd else {
            clock.rest()
            // RFC 9113, 8.1: a complete response, and a request that is not needed any more.
            if isOnlyAwaitingRequest { visitor.handler?.reset(stream, .noError) }
            isOnlyAwaitingRequest = hasEnded && !requestHasEnded
            return
        }
        clock.wait(from: now)
        clock.passed(progress, at: now)
        guard clock.isLate(at: now) else { return }
        core.metrics.slowReaders.increment()
        visitor.handler?.reset(stream, .cancel)
    }

    func finish(_ trailers: FieldSection?) {
        defer { over() }
        guard !hasEnded else { return }
        visitor.handler?.finish(stream, trailers: trailers.map { HopByHop.allowedTrailers($0) })
    }

    func flush() {}  // the connection writes at the end of each read or tick

    func answer(_ page: ErrorPage) {
        respond(page.section, ends: isHead)
        if !isHead {
            written += page.body.readableBytes
            _ = visitor.handler?.send(page.body, on: stream)
            visitor.handler?.finish(stream)
        }
        over()
    }

    func cut(_ code: HTTP2ErrorCode) {
        visitor.handler?.reset(stream, code.isSentByPeers ? code : .internalError)
        over()
    }

    /// The exchange is done; what still comes of the request is thrown away.
    private func over() {
        hasEnded = true
        exchange = nil
        bodyIsBlocked = false
        returnCredit()
    }
}

extension HTTP2ErrorCode {
    /// Whether a peer may have sent it and another may be told (RFC 9113, 7): an error, and no sign of our own.
    fileprivate var isSentByPeers: Bool { (0x1...0xd).contains(rawValue) }
}
