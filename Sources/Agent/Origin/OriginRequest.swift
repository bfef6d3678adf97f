import HTTP1
import HTTPFields
import NIOCore

/// The request of a stream, written for an HTTP/1.1 origin.
///
/// It is written anew from parsed fields, each checked again, so that nothing that a visitor sent can become a second
/// request.
struct OriginRequest {
    let head: ByteBuffer
    let kind: HTTP1ResponseParser.Request
    /// Whether the body must be chunked, because nobody knows its length.
    let isChunked: Bool

    /// What the answer to an upgrade must carry (RFC 6455, 4.1); nil for other requests.
    let webSocketAccept: String?

    /// Writes an extended CONNECT for a WebSocket (RFC 8441, 5) as the GET that it stands for (RFC 6455, 4.1).
    ///
    /// - Parameters:
    ///   - fields: The request's fields, pseudo-header fields included.
    ///   - host: What the origin is told as its host; nil for the visitor's.
    /// - Throws: ``HTTP1Error`` when the fields cannot be written as HTTP/1.1.
    init(webSocket fields: FieldSection, host: String? = nil) throws(HTTP1Error) {
        guard let path = fields.first(.path), let authority = fields.first(.authority) else { throw .badTarget }
        let told = host.map { ByteBuffer(string: $0).readableBytesView } ?? authority
        let key = WebSocketKey()
        var buffer = ByteBuffer()
        try HTTP1Writer.requestLine(ByteBuffer(string: "GET").readableBytesView, path, into: &buffer)
        try HTTP1Writer.field("host", told, into: &buffer)
        try HTTP1Writer.fields(of: fields, into: &buffer) { index in
            ["host", "cookie", "sec-websocket-key", "content-length"].contains { fields.nameEquals($0, at: index) }
        }
        try Self.writeCookies(fields, into: &buffer)
        buffer.writeString("upgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-key: \(key.text)\r\n\r\n")
        head = buffer
        kind = .upgrade
        isChunked = false
        webSocketAccept = key.accept
    }

    /// - Parameters:
    ///   - fields: The request's fields, pseudo-header fields included.
    ///   - hasBody: Whether DATA may follow.
    ///   - host: What the origin is told as its host; nil for the visitor's.
    /// - Throws: ``HTTP1Error`` when the fields cannot be written as HTTP/1.1.
    init(_ fields: FieldSection, hasBody: Bool, host: String? = nil) throws(HTTP1Error) {
        var buffer = try HTTP1Writer.requestHead(of: fields, host: host)
        isChunked = hasBody && fields.firstIndex(of: .contentLength) == nil
        if isChunked { buffer.writeStaticString("transfer-encoding: chunked\r\n") }
        buffer.writeStaticString("\r\n")
        head = buffer
        kind = fields.isHead ? .head : .ordinary
        webSocketAccept = nil
    }

    /// HTTP/2 may split cookies over several fields; HTTP/1.1 has one (RFC 9113, 8.2.3).
    private static func writeCookies(_ fields: FieldSection, into buffer: inout ByteBuffer) throws(HTTP1Error) {
        var joined = ByteBuffer()
        for index in fields.entries.indices where fields.is(.cookie, at: index) {
            if joined.readableBytes > 0 { joined.writeStaticString("; ") }
            joined.writeBytes(fields.value(at: index))
        }
        guard joined.readableBytes > 0 else { return }
        try HTTP1Writer.field("cookie", joined.readableBytesView, into: &buffer)
    }
}
