import HTTPFields
import NIOCore

/// The request line (RFC 9112, 3), strictly: one space between its parts, no other white space.
struct RequestLine {
    let method: ByteBufferView
    let target: RequestTarget
    let version: HTTP1Version
    /// The bytes of the line with its CRLF.
    let length: Int

    /// The longest method; the longest one registered has seventeen letters.
    static let methodBytes = 32

    /// Reads the first line of a complete section, whose last two bytes stop every loop.
    static func parse(_ section: ByteBuffer) throws(HTTP1Error) -> RequestLine {
        let bytes = section.readableBytesUInt8Span
        let space = UInt8(ascii: " ")
        var index = 0
        while Characters.isToken(bytes[index]) { index += 1 }
        guard (1...methodBytes).contains(index), bytes[index] == space else { throw .badStartLine }
        let method = 0..<index
        index += 1
        let targetStart = index
        while Characters.isTarget(bytes[index]) { index += 1 }
        let target = targetStart..<index
        guard bytes[index] == space, !target.isEmpty else {
            throw Characters.isBlank(bytes[index]) || bytes[index] == UInt8(ascii: "\r") ? .badStartLine : .badTarget
        }
        let version = try HTTP1Version.parse(bytes, at: index + 1)
        let end = index + 1 + HTTP1Version.bytes
        guard bytes[end] == UInt8(ascii: "\r") else { throw .badStartLine }
        guard bytes[end + 1] == UInt8(ascii: "\n") else { throw .badLineEnd }
        return RequestLine(
            method: section.view(of: method),
            target: try RequestTarget.parse(section.view(of: target), method: section.view(of: method)),
            version: version,
            length: end + 2
        )
    }
}

/// The version of a message; nothing else is spoken on the visitors' side.
package enum HTTP1Version: Sendable, Equatable {
    case http10, http11

    /// How long a version is, in every message.
    static let bytes = 8

    /// Reads `HTTP/1.0` or `HTTP/1.1` with exactly these letters; at least two more bytes follow it.
    static func parse(_ bytes: Span<UInt8>, at start: Int) throws(HTTP1Error) -> HTTP1Version {
        guard bytes.count >= start + Self.bytes + 2, bytes.matches("HTTP/", at: start),
            Characters.isDigit(bytes[start + 5]), bytes[start + 6] == UInt8(ascii: "."),
            Characters.isDigit(bytes[start + 7]), !Characters.isDigit(bytes[start + 8])
        else { throw .badStartLine }
        guard bytes[start + 5] == UInt8(ascii: "1") else { throw .badVersion }
        switch bytes[start + 7] {
        case UInt8(ascii: "0"): return .http10
        case UInt8(ascii: "1"): return .http11
        default: throw .badVersion
        }
    }
}

extension ByteBuffer {
    /// The bytes in a range that is counted from the reader index and lies within the readable bytes.
    func view(of range: Range<Int>) -> ByteBufferView {
        viewBytes(at: readerIndex + range.lowerBound, length: range.count) ?? ByteBufferView()
    }
}

extension Span<UInt8> {
    /// Whether these very bytes stand at `start`, where enough of them are.
    func matches(_ word: String, at start: Int) -> Bool {
        var index = start
        for byte in word.utf8 {
            guard self[index] == byte else { return false }
            index += 1
        }
        return true
    }
}
