import HTTPFields
import NIOCore

/// Takes a body out of its framing; what it hands out are slices of what was fed in.
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
    /// The head's fields, when its Connection field may name a trailer.
    private var head: FieldSection?
    private var scanner = HeadScanner()

    init(_ framing: BodyFraming, limits: HTTP1Limits, head: FieldSection? = nil) {
        self.limits = limits
        self.head = head
        switch framing {
        case .none: state = .counting(0)
        case .length(let length): state = .counting(length)
        case .chunked: state = .chunkSize
        case .untilClose: state = .untilClose
        }
    }

    /// Lets go of the head's fields, at the end.
    mutating func forgetHead() { head = nil }

    /// Whether the connection may end here.
    var isUntilClose: Bool { if case .untilClose = state { true } else { false } }

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
                guard let line = try ChunkLine.parse(buffer, limit: limits.chunkLine) else { return nil }
                buffer.moveReaderIndex(forwardBy: line.length)
                state = line.size == 0 ? .trailers : .chunkData(line.size)
            case .chunkData(let rest):
                guard let piece = take(rest, &buffer) else { return nil }
                let left = rest - piece.readableBytes
                state = left == 0 ? .chunkEnd : .chunkData(left)
                return .body(piece)
            case .chunkEnd:
                guard try skipChunkEnd(&buffer) else { return nil }
                state = .chunkSize
            case .trailers: return try trailers(&buffer)
            }
        }
    }

    private func take(_ atMost: Int, _ buffer: inout ByteBuffer) -> ByteBuffer? {
        guard buffer.readableBytes > 0 else { return nil }
        return buffer.readSlice(length: min(atMost, buffer.readableBytes))
    }

    /// The CRLF behind a chunk's data; a wrong byte is refused as soon as it is there.
    private func skipChunkEnd(_ buffer: inout ByteBuffer) throws(HTTP1Error) -> Bool {
        guard let first = buffer.getInteger(at: buffer.readerIndex, as: UInt8.self) else { return false }
        guard first == UInt8(ascii: "\r") else { throw .badChunk }
        guard let second = buffer.getInteger(at: buffer.readerIndex + 1, as: UInt8.self) else { return false }
        guard second == UInt8(ascii: "\n") else { throw .badChunk }
        buffer.moveReaderIndex(forwardBy: 2)
        return true
    }

    private mutating func trailers(_ buffer: inout ByteBuffer) throws(HTTP1Error) -> Piece? {
        let found = try scanner.end(
            in: buffer,
            startLine: nil,
            whole: limits.trailers,
            tooLarge: .trailersTooLarge
        )
        guard let length = found, let section = buffer.readSlice(length: length) else { return nil }
        let fields = try FieldLines.parse(section, from: 0, limit: limits.trailerFields)
        state = .counting(0)
        guard !fields.isEmpty else { return .end(nil) }
        let allowed = HopByHop.allowedTrailers(fields, head: head)
        return .end(allowed.isEmpty ? nil : allowed)
    }
}
