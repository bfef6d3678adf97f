import HTTP1
import HTTPFields
import NIOCore

/// Turns a response that came over a tunnel into HTTP/1.1 for one visitor.
///
/// The framing is ours: the agent's length is kept, a body of unknown length is chunked, and a visitor of HTTP/1.0 gets
/// it until the connection closes.
struct ResponseWriter {
    private(set) var keepsAlive = true
    private var framing = BodyFraming.none
    private var missing = 0

    /// Writes the head.
    ///
    /// - Parameters:
    ///   - status: The final status.
    ///   - fields: The response's fields, `:status` included.
    ///   - request: What is answered.
    ///   - requestID: What the visitor can quote.
    ///   - closes: Whether the connection ends with this response in any case.
    ///   - buffer: What the head is written to, in place of what it holds.
    /// - Throws: When a field cannot be written as HTTP/1.1.
    mutating func begin(
        status: Int,
        fields: FieldSection,
        to request: HTTP1RequestHead,
        requestID: String,
        closes: Bool,
        into buffer: inout ByteBuffer
    ) throws(HTTP1Error) {
        framing = Self.framing(status: status, fields: fields, request: request)
        if case .length(let length) = framing { missing = length }
        keepsAlive = !closes && framing != .untilClose
        // With room for a short body, which is copied behind its head: see ``HTTP1Visitor/joinedBytes``.
        let body = missing <= HTTP1Visitor.joinedBytes ? missing : 0
        buffer.clear(minimumCapacity: fields.listSize + requestID.utf8.count + 128 + body)
        HTTP1Writer.statusLine(status, into: &buffer)
        try HTTP1Writer.fields(of: fields, into: &buffer) { index in
            if fields.is(.xRequestID, at: index) { return true }
            // RFC 9110, 8.6: no length where there is never a body.
            return status == 204 && fields.is(.contentLength, at: index)
        }
        FieldBytes.write(to: &buffer, capacity: requestID.utf8.count + 80) { bytes in
            bytes.append("x-request-id: ")
            bytes.append(text: requestID)
            if case .chunked = framing { bytes.append("\r\ntransfer-encoding: chunked") }
            if !keepsAlive {
                bytes.append("\r\nconnection: close")
            } else if request.version == .http10 {
                bytes.append("\r\nconnection: keep-alive")
            }
            bytes.append("\r\n\r\n")
        }
    }

    /// Writes the answer that turns the connection into a WebSocket (RFC 6455, 4.2.2).
    mutating func upgrade(
        fields: FieldSection,
        key: ByteBufferView,
        requestID: String
    ) throws(HTTP1Error) -> ByteBuffer {
        framing = .untilClose
        keepsAlive = false
        var buffer = ByteBuffer()
        HTTP1Writer.statusLine(101, into: &buffer)
        buffer.writeString("upgrade: websocket\r\nconnection: Upgrade\r\n")
        buffer.writeString("sec-websocket-accept: \(WebSocketAccept.answer(to: key))\r\nx-request-id: \(requestID)\r\n")
        try HTTP1Writer.fields(of: fields, into: &buffer) { index in
            fields.is(.contentLength, at: index) || fields.is(.secWebSocketAccept, at: index)
                || fields.is(.xRequestID, at: index)
        }
        buffer.writeStaticString("\r\n")
        return buffer
    }

    private static func framing(status: Int, fields: FieldSection, request: HTTP1RequestHead) -> BodyFraming {
        if request.isHead || status == 204 || status == 304 { return .none }
        // nghttp2 has checked that the length is a number and that DATA agrees with it.
        if let length = HTTP1Writer.contentLength(of: fields) { return .length(length) }
        return request.version == .http11 ? .chunked : .untilClose
    }

    /// Writes a piece of the body in its framing.
    mutating func write(_ data: ByteBuffer, _ write: (ByteBuffer) -> Void) {
        guard data.readableBytes > 0 else { return }
        switch framing {
        case .none: return
        case .length:
            missing -= data.readableBytes
            write(data)
        case .untilClose: write(data)
        case .chunked:
            var prefix = ByteBuffer()
            HTTP1Writer.chunkSize(data.readableBytes, into: &prefix)
            write(prefix)
            write(data)
            write(Self.lineEnd)
        }
    }

    private static let lineEnd = ByteBuffer(string: "\r\n")

    /// Whether as much of the body has been written as its head promised.
    var isComplete: Bool { missing == 0 }

    /// What ends the body, if anything does.
    func end(trailers: FieldSection?) -> ByteBuffer? {
        guard framing == .chunked else { return nil }
        var buffer = ByteBuffer()
        do throws(HTTP1Error) {
            try HTTP1Writer.lastChunk(trailers, into: &buffer)
        } catch {
            // Trailers that cannot be written are left out; the body before them is whole.
            buffer = ByteBuffer(string: "0\r\n\r\n")
        }
        return buffer
    }

    /// An interim response (RFC 9110, 15.2).
    static func interim(status: Int, fields: FieldSection) throws(HTTP1Error) -> ByteBuffer {
        var buffer = ByteBuffer()
        HTTP1Writer.statusLine(status, into: &buffer)
        try HTTP1Writer.fields(of: fields, into: &buffer) { fields.is(.contentLength, at: $0) }
        buffer.writeStaticString("\r\n")
        return buffer
    }
}
