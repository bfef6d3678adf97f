package import HTTPFields
package import NIOCore

/// Reads the requests of one connection, one after the other (RFC 9112, strictly).
///
/// After an error nothing more can be read: where the next request would begin is not known.
package struct HTTP1RequestParser {
    package enum Part: Sendable {
        case head(HTTP1RequestHead)
        /// A piece of the body, a slice of what was fed in.
        case body(ByteBuffer)
        /// The end, with the trailers that may be passed on.
        case end(FieldSection?)
    }

    private enum State {
        case head
        case body(BodyDecoder)
    }

    private let limits: HTTP1Limits
    private var scanner = HeadScanner()
    private var state = State.head
    private var emptyLines = 0

    package init(limits: HTTP1Limits) { self.limits = limits }

    /// The next part of what `buffer` holds; nil when more bytes are needed.
    package mutating func next(_ buffer: inout ByteBuffer) throws(HTTP1Error) -> Part? {
        switch state {
        case .head:
            guard let head = try head(&buffer) else { return nil }
            state = .body(BodyDecoder(head.framing, limits: limits))
            return .head(head)
        case .body(var decoder):
            guard let piece = try decoder.next(&buffer) else {
                state = .body(decoder)
                return nil
            }
            switch piece {
            case .body(let data):
                state = .body(decoder)
                return .body(data)
            case .end(let trailers):
                state = .head
                return .end(trailers)
            }
        }
    }

    private mutating func head(_ buffer: inout ByteBuffer) throws(HTTP1Error) -> HTTP1RequestHead? {
        try skipEmptyLines(&buffer)
        let found = try scanner.end(in: buffer, startLine: limits.startLine, whole: limits.head, tooLarge: .headTooLarge)
        guard let length = found, let section = buffer.readSlice(length: length) else { return nil }
        emptyLines = 0
        return try RequestHeadParser.parse(section, limits: limits)
    }

    /// RFC 9112, 2.2: an empty line before the request line is ignored; we let four pass.
    private mutating func skipEmptyLines(_ buffer: inout ByteBuffer) throws(HTTP1Error) {
        while buffer.readableBytes >= 2, buffer.getInteger(at: buffer.readerIndex, as: UInt16.self) == 0x0D0A {
            emptyLines += 1
            guard emptyLines <= 4 else { throw .badStartLine }
            buffer.moveReaderIndex(forwardBy: 2)
        }
    }
}
