import HTTP1
import HTTP2
import HTTPFields
import NIOCore
import TunnelProtocol

/// Answers one request of an HTTP/1.x visitor.
final class HTTP1Responder: VisitorResponder {
    private let head: HTTP1RequestHead
    private let visitor: HTTP1Visitor
    private let core: EdgeCore
    private var writer = ResponseWriter()

    private static let goOnHead = ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")

    init(head: HTTP1RequestHead, visitor: HTTP1Visitor, core: EdgeCore) {
        self.head = head
        self.visitor = visitor
        self.core = core
    }

    var peer: IPAddress? { visitor.peer }
    var takesMore: Bool { visitor.isWritable }
    var isBehind: Bool { visitor.isBehind }

    func goOn() { visitor.write(Self.goOnHead) }

    func interim(_ status: Int, _ fields: FieldSection) throws(HTTP1Error) {
        visitor.write(try ResponseWriter.interim(status: status, fields: fields))
    }

    func begin(_ status: Int, _ fields: FieldSection, requestID: String, ends: Bool) throws(HTTP1Error) {
        visitor.watchNoBody()
        let closes = !head.keepAlive || core.isDraining || head.upgrade != nil
        visitor.write(
            try writer.begin(status: status, fields: fields, to: head, requestID: requestID, closes: closes)
        )
    }

    func upgrade(_ fields: FieldSection, requestID: String) throws(HTTP1Error) {
        guard let key = head.fields.first("sec-websocket-key") else { throw .unexpectedUpgrade }
        visitor.watchNoBody()
        visitor.write(try writer.upgrade(fields: fields, key: key, requestID: requestID))
        visitor.becameRaw()
    }

    func write(_ data: ByteBuffer) { writer.write(data) { visitor.write($0) } }

    func finish(_ trailers: FieldSection?) {
        guard writer.isComplete else { return visitor.abort() }
        if let end = writer.end(trailers: trailers) { visitor.write(end) }
        visitor.exchangeEnded(keepsAlive: writer.keepsAlive)
    }

    func flush() { visitor.flush() }

    func answer(_ page: ErrorPage) {
        let keepsAlive = head.keepAlive && head.hasNoBody && head.upgrade == nil
        visitor.write(page.bytes(closes: !keepsAlive, withoutBody: head.isHead))
        visitor.exchangeEnded(keepsAlive: keepsAlive)
    }

    func cut(_ code: HTTP2ErrorCode) { visitor.abort() }

    func requestBodyMayGoOn() { visitor.requestBodyMayGoOn() }
}
