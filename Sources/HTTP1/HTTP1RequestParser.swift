package import HTTPFields
package import NIOCore

/// Reads the requests of one connection, one after the other (RFC 9112, strictly).
///
/// After an error nothing more can be read, because nobody knows where the next request would begin: every further call
/// throws the same error.
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

    /// Empty lines before a request that are let pass.
    private static let emptyLines = 4

    private let limits: HTTP1Limits
    private var scanner = HeadScanner()
    private var state = State.head
    private var emptyLines = 0
    private var failure: HTTP1Error?

    package init(limits: HTTP1Limits) { self.limits = limits }

    /// The next part of what `buffer` holds; nil when more bytes are needed.
    ///
    /// The buffer holds what came in and was not taken by earlier calls; bytes are added at its end alone.
    package mutating func next(_ buffer: inout ByteBuffer) throws(HTTP1Error) -> Part? {
        if let failure { throw failure }
        do throws(HTTP1Error) {
            return try part(&buffer)
        } catch {
            failure = error
            throw error
        }
    }

    private mutating func part(_ buffer: inout ByteBuffer) throws(HTTP1Error) -> Part? {
        switch state {
        case .head:
            guard let head = try head(&buffer) else { return nil }
            state = .body(BodyDecoder(head.framing, limits: limits, head: head.nominatesFields ? head.fields : nil))
            return .head(head)
        case .body(var decoder):
            let piece = try decoder.next(&buffer)
            state = .body(decoder)
            switch piece {
            case .body(let data): return .body(data)
            case .end(let trailers):
                state = .head
                return .end(trailers)
            case nil: return nil
            }
        }
    }

    private mutating func head(_ buffer: inout ByteBuffer) throws(HTTP1Error) -> HTTP1RequestHead? {
        try skipEmptyLines(&buffer)
        try refuseOtherProtocols(buffer)
        let found = try scanner.end(
            in: buffer,
            startLine: limits.startLine,
            whole: limits.head,
            tooLarge: .headTooLarge
        )
        guard let length = found, let section = buffer.readSlice(length: length) else { return nil }
        emptyLines = 0
        return try HTTP1RequestHead(parsing: section, limits: limits)
    }

    /// Refuses at its first byte what cannot become a request line, TLS for instance, instead of waiting for a line end.
    private func refuseOtherProtocols(_ buffer: ByteBuffer) throws(HTTP1Error) {
        guard let first = buffer.getInteger(at: buffer.readerIndex, as: UInt8.self), !Characters.isToken(first) else {
            return
        }
        // These two may be half of a line end; the scanner judges them.
        guard first == UInt8(ascii: "\r") || first == UInt8(ascii: "\n") else { throw .badStartLine }
    }

    /// RFC 9112, 2.2: an empty line before the request line is ignored, if there are not too many.
    private mutating func skipEmptyLines(_ buffer: inout ByteBuffer) throws(HTTP1Error) {
        while buffer.getInteger(at: buffer.readerIndex, as: UInt16.self) == 0x0D0A {
            emptyLines += 1
            guard emptyLines <= Self.emptyLines else { throw .badStartLine }
            buffer.moveReaderIndex(forwardBy: 2)
            scanner = HeadScanner()
        }
    }
}
