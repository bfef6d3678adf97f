import HTTP1
import HTTP2
import HTTPFields
import NIOCore
import TunnelProtocol

// The answer to the request that is under way.
extension HTTP1Visitor: VisitorResponder {
    private static let goOnHead = ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")

    var takesMore: Bool { isWritable }
    var maySend: Bool { true }

    func goOn() { send(Self.goOnHead) }

    func interim(_ status: Int, _ fields: FieldSection) throws(HTTP1Error) {
        send(try ResponseWriter.interim(status: status, fields: fields))
    }

    func begin(_ status: Int, _ fields: FieldSection, requestID: String, ends: Bool) throws(HTTP1Error) {
        guard let head else { return }
        let closes = !head.keepAlive || core.isDraining || head.upgrade != nil
        var bytes = core.takeHead()
        try writer.begin(status: status, fields: fields, to: head, requestID: requestID, closes: closes, into: &bytes)
        send(bytes)
    }

    func upgrade(_ fields: FieldSection, requestID: String) throws(HTTP1Error) {
        guard let key = head?.fields.first("sec-websocket-key") else { throw .unexpectedUpgrade }
        send(try writer.upgrade(fields: fields, key: key, requestID: requestID))
        becameRaw()
    }

    func write(_ data: ByteBuffer) { writer.write(data) { send($0) } }

    func finish(_ trailers: FieldSection?) {
        guard writer.isComplete else { return abort() }
        if let end = writer.end(trailers: trailers) { send(end) }
        exchangeEnded(keepsAlive: writer.keepsAlive)
    }

    func answer(_ page: ErrorPage) {
        guard let head else { return abort() }
        let keepsAlive = head.keepAlive && head.hasNoBody && head.upgrade == nil
        send(page.bytes(closes: !keepsAlive, withoutBody: head.isHead))
        exchangeEnded(keepsAlive: keepsAlive)
    }

    func cut(_ code: HTTP2ErrorCode) { abort() }
}
