import HTTPFields
import NIOCore

/// How the end of a body is found (RFC 9112, 6.3).
package enum BodyFraming: Sendable, Equatable {
    case none
    case length(Int)
    case chunked
    /// Only in responses: the body ends with the connection.
    case untilClose
}

/// Takes a body out of its framing.
struct BodyDecoder {
    enum Piece {
        case body(ByteBuffer)
        case end(FieldSection?)
    }

    private enum State {
        case counting(Int)
        case chunkSize
        case chunkData(Int)
        case chunkEnd
        case trailers
        case untilClose
    }

    private var state: State
    private let limits: HTTP1Limits
    private var scanner = HeadScanner()

    init(_ framing: BodyFraming, limits: HTTP1Limits) {
        self.limits = limits
        switch framing {
        case .none: state = .counting(0)
        case .length(let length): state = .counting(length)
        case .chunked: state = .chunkSize
        case .untilClose: state = .untilClose
        }
    }

    /// The next piece; nil when more bytes are needed.
    mutating func next(_ buffer: inout ByteBuffer) throws(HTTP1Error) -> Piece? {
        while true {
            switch state {
            case .counting(0): return .end(nil)
            case .counting(let rest):
                guard let piece = take(rest, &buffer) else { return nil }
                state = .counting(rest - piece.readableBytes)
                return .body(piece)
            case .untilClose: return take(Int.max, &buffer).map(Piece.body)
            case .chunkSize:
                guard let size = try chunkSize(&buffer) else { return nil }
                state = size == 0 ? .trailers : .chunkData(size)
            case .chunkData(let rest):
                guard let piece = take(rest, &buffer) else { return nil }
                let left = rest - piece.readableBytes
                state = left == 0 ? .chunkEnd : .chunkData(left)
                return .body(piece)
            case .chunkEnd:
                guard let end = buffer.readBytes(length: 2) else { return nil }
                guard end == [UInt8(ascii: "\r"), UInt8(ascii: "\n")] else { throw .badChunk }
                state = .chunkSize
            case .trailers: return try trailers(&buffer)
            }
        }
    }

    /// Whether the connection may end here.
    var isUntilClose: Bool { if case .untilClose = state { true } else { false } }

    private func take(_ atMost: Int, _ buffer: inout ByteBuffer) -> ByteBuffer? {
        guard buffer.readableBytes > 0 else { return nil }
        return buffer.readSlice(length: min(atMost, buffer.readableBytes))
    }

    /// RFC 9112, 7.1: up to sixteen hexadecimal digits, perhaps an extension, CRLF and nothing else.
    private func chunkSize(_ buffer: inout ByteBuffer) throws(HTTP1Error) -> Int? {
        guard let line = try Self.sizeLine(buffer, limit: limits.chunkLine) else { return nil }
        buffer.moveReaderIndex(forwardBy: line.length)
        return line.size
    }

    private static func sizeLine(
        _ buffer: ByteBuffer,
        limit: Int
    ) throws(HTTP1Error) -> (size: Int, length: Int)? {
        let bytes = buffer.readableBytesUInt8Span
        var size: UInt64 = 0
        var index = 0
        while index < bytes.count, let digit = hex(bytes[index]) {
            guard index < 16 else { throw .badChunk }
            size = size << 4 | UInt64(digit)
            index += 1
        }
        guard index < bytes.count else { return nil }
        guard index > 0, let value = Int(exactly: size) else { throw .badChunk }
        guard bytes[index] == UInt8(ascii: "\r") || bytes[index] == UInt8(ascii: ";") else { throw .badChunk }
        while index < bytes.count, bytes[index] != UInt8(ascii: "\r") {
            guard index < limit, Characters.isFieldValue(bytes[index]) else { throw .badChunk }
            index += 1
        }
        guard index + 1 < bytes.count else { return nil }
        guard bytes[index + 1] == UInt8(ascii: "\n") else { throw .badChunk }
        return (value, index + 2)
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private mutating func trailers(_ buffer: inout ByteBuffer) throws(HTTP1Error) -> Piece? {
        let found = try scanner.end(
            in: buffer,
            startLine: nil,
            whole: limits.trailers,
            tooLarge: .trailersTooLarge
        )
        guard let length = found, let section = buffer.readSlice(length: length) else { return nil }
        let fields = try FieldLines.parse(section, from: 0, limit: limits.fields)
        let allowed = HopByHop.allowedTrailers(fields)
        state = .counting(0)
        return .end(allowed.isEmpty ? nil : allowed)
    }
}
