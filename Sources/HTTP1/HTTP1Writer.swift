package import HTTPFields
package import NIOCore

/// Writes heads and chunks of HTTP/1.1.
///
/// Whatever is written is checked again: no name or value with a byte that could begin a new line ever leaves, so a
/// mistake further up cannot become a smuggled message.
package enum HTTP1Writer {
    package static func statusLine(_ status: Int, into buffer: inout ByteBuffer) {
        buffer.writeStaticString("HTTP/1.1 ")
        buffer.writeString(String(status))
        buffer.writeStaticString(" ")
        buffer.writeString(StatusPhrase.of(status))
        buffer.writeStaticString("\r\n")
    }

    /// Writes `METHOD target HTTP/1.1`.
    package static func requestLine(
        _ method: ByteBufferView,
        _ target: ByteBufferView,
        into buffer: inout ByteBuffer
    ) throws(HTTP1Error) {
        guard !method.isEmpty, method.allSatisfy(Characters.isToken) else { throw .badStartLine }
        guard !target.isEmpty, target.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .badTarget }
        buffer.writeBytes(method)
        buffer.writeStaticString(" ")
        buffer.writeBytes(target)
        buffer.writeStaticString(" HTTP/1.1\r\n")
    }

    package static func field(
        _ name: ByteBufferView,
        _ value: ByteBufferView,
        into buffer: inout ByteBuffer
    ) throws(HTTP1Error) {
        guard !name.isEmpty, name.allSatisfy(Characters.isToken) else { throw .badFieldName }
        guard value.allSatisfy(Characters.isFieldValue) else { throw .badFieldValue }
        buffer.writeBytes(name)
        buffer.writeStaticString(": ")
        buffer.writeBytes(value)
        buffer.writeStaticString("\r\n")
    }

    package static func field(_ name: StaticString, _ value: ByteBufferView, into buffer: inout ByteBuffer) throws(HTTP1Error) {
        guard value.allSatisfy(Characters.isFieldValue) else { throw .badFieldValue }
        buffer.writeStaticString(name)
        buffer.writeStaticString(": ")
        buffer.writeBytes(value)
        buffer.writeStaticString("\r\n")
    }

    /// Writes the fields of a section but for pseudo-header fields and those that end at this hop.
    package static func fields(
        of section: FieldSection,
        into buffer: inout ByteBuffer,
        except isLeftOut: (Int) -> Bool = { _ in false }
    ) throws(HTTP1Error) {
        for index in section.entries.indices {
            let name = section.name(at: index)
            guard name.first != UInt8(ascii: ":"), !HopByHop.isConnectionSpecific(section, at: index), !isLeftOut(index)
            else { continue }
            try field(name, section.value(at: index), into: &buffer)
        }
    }

    /// Writes the size line that stands before a chunk of `count` bytes; CRLF follows the bytes.
    package static func chunkSize(_ count: Int, into buffer: inout ByteBuffer) {
        buffer.writeString(String(count, radix: 16))
        buffer.writeStaticString("\r\n")
    }

    /// Writes the last chunk, with trailers when there are any.
    package static func lastChunk(_ trailers: FieldSection?, into buffer: inout ByteBuffer) throws(HTTP1Error) {
        buffer.writeStaticString("0\r\n")
        if let trailers { try fields(of: HopByHop.allowedTrailers(trailers), into: &buffer) }
        buffer.writeStaticString("\r\n")
    }
}

/// The reason phrases of RFC 9110; for people who read along, nothing depends on them.
package enum StatusPhrase {
    package static func of(_ status: Int) -> String { phrases[status] ?? "Status" }

    private static let phrases: [Int: String] = [
        100: "Continue", 101: "Switching Protocols", 103: "Early Hints", 200: "OK", 201: "Created", 202: "Accepted",
        204: "No Content", 206: "Partial Content", 301: "Moved Permanently", 302: "Found", 303: "See Other",
        304: "Not Modified", 307: "Temporary Redirect", 308: "Permanent Redirect", 400: "Bad Request",
        401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 408: "Request Timeout",
        409: "Conflict", 410: "Gone", 411: "Length Required", 412: "Precondition Failed", 413: "Content Too Large",
        414: "URI Too Long", 415: "Unsupported Media Type", 416: "Range Not Satisfiable", 417: "Expectation Failed",
        421: "Misdirected Request", 422: "Unprocessable Content", 426: "Upgrade Required", 429: "Too Many Requests",
        431: "Request Header Fields Too Large", 500: "Internal Server Error", 501: "Not Implemented",
        502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout", 505: "HTTP Version Not Supported",
    ]
}
