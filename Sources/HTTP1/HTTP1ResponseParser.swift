package import HTTPFields
package import NIOCore

/// A response's head after every check.
package struct HTTP1ResponseHead: Sendable {
    package let status: Int
    package let version: HTTP1Version
    package let fields: FieldSection
    package let framing: BodyFraming
    /// Whether the connection can carry another request afterwards.
    package let keepAlive: Bool
}

/// Reads the responses of one connection to an origin, each for the request that was sent (RFC 9112, strictly).
package struct HTTP1ResponseParser {
    /// What the request was like, since a response cannot be read without knowing it.
    package enum Request: Sendable, Equatable { case ordinary, head, upgrade }

    package enum Part: Sendable {
        /// A 1xx before the final response; never 101.
        case interim(HTTP1ResponseHead)
        case head(HTTP1ResponseHead)
        case body(ByteBuffer)
        case end(FieldSection?)
        /// The 101 to an upgrade: what follows is the new protocol, handed on as body until the connection ends.
        case upgraded(HTTP1ResponseHead)
    }

    private enum State {
        /// No request is waiting: whatever comes was not asked for.
        case idle
        case head(Request)
        case body(BodyDecoder)
        case raw
    }

    private let limits: HTTP1Limits
    private var scanner = HeadScanner()
    private var state = State.idle
    private var interimResponses = 0

    package init(limits: HTTP1Limits) { self.limits = limits }

    /// A request has been sent whose response comes next.
    package mutating func expect(_ request: Request) {
        state = .head(request)
        interimResponses = 0
    }

    /// The next part of what `buffer` holds; nil when more bytes are needed.
    package mutating func next(_ buffer: inout ByteBuffer) throws(HTTP1Error) -> Part? {
        switch state {
        case .idle:
            guard buffer.readableBytes == 0 else { throw .surplusBytes }
            return nil
        case .raw:
            guard buffer.readableBytes > 0 else { return nil }
            return buffer.readSlice(length: buffer.readableBytes).map(Part.body)
        case .head(let request): return try head(request, &buffer)
        case .body(var decoder):
            let piece = try decoder.next(&buffer)
            state = .body(decoder)
            switch piece {
            case .body(let data): return .body(data)
            case .end(let trailers):
                state = .idle
                return .end(trailers)
            case nil: return nil
            }
        }
    }

    /// The origin closed the connection.
    ///
    /// - Returns: The end of a body that lasts until the connection closes; nil when no response was under way.
    package mutating func connectionClosed() throws(HTTP1Error) -> Part? {
        switch state {
        case .idle: return nil
        case .raw:
            state = .idle
            return .end(nil)
        case .head: throw .truncated
        case .body(let decoder):
            guard decoder.isUntilClose else { throw .truncated }
            state = .idle
            return .end(nil)
        }
    }

    private mutating func head(_ request: Request, _ buffer: inout ByteBuffer) throws(HTTP1Error) -> Part? {
        let found = try scanner.end(in: buffer, startLine: limits.startLine, whole: limits.head, tooLarge: .headTooLarge)
        guard let length = found, let section = buffer.readSlice(length: length) else { return nil }
        let line = try StatusLine.parse(section)
        let fields = try FieldLines.parse(section, from: line.length, limit: limits.fields)
        let facts = try FieldFacts.collect(fields)
        guard line.status >= 200 else { return try interim(line, fields, facts, request) }
        // RFC 9112, 6.3: these never have a body, whatever their fields say.
        let isBodyless = request == .head || line.status == 204 || line.status == 304
        let stated = try facts.responseFraming(line.version)
        let framing = isBodyless ? .none : stated
        let persists = line.version == .http11 ? !facts.closes : facts.keepsAlive
        state = .body(BodyDecoder(framing, limits: limits))
        return .head(
            HTTP1ResponseHead(
                status: line.status,
                version: line.version,
                fields: fields,
                framing: framing,
                keepAlive: persists && framing != .untilClose
            )
        )
    }

    private mutating func interim(
        _ line: StatusLine,
        _ fields: FieldSection,
        _ facts: FieldFacts,
        _ request: Request
    ) throws(HTTP1Error) -> Part {
        guard !facts.hasFraming else { throw .conflictingFraming }
        let head = HTTP1ResponseHead(
            status: line.status,
            version: line.version,
            fields: fields,
            framing: .none,
            keepAlive: true
        )
        if line.status == 101 {
            guard request == .upgrade else { throw .unexpectedUpgrade }
            state = .raw
            return .upgraded(head)
        }
        interimResponses += 1
        guard interimResponses <= limits.interimResponses else { throw .tooManyInterimResponses }
        return .interim(head)
    }
}

/// The status line (RFC 9112, 4); its reason phrase is dropped.
private struct StatusLine {
    let version: HTTP1Version
    let status: Int
    let length: Int

    static func parse(_ section: ByteBuffer) throws(HTTP1Error) -> StatusLine {
        let view = section.readableBytesView
        guard let end = view.firstIndex(of: UInt8(ascii: "\r")), view.distance(from: view.startIndex, to: end) >= 12 else {
            throw .badStartLine
        }
        guard view[view.index(after: end)] == UInt8(ascii: "\n") else { throw .badLineEnd }
        let line = Array(view[..<end])
        guard line.starts(with: "HTTP/1.".utf8), line[8] == UInt8(ascii: " ") else { throw .badStartLine }
        guard line[7] == UInt8(ascii: "0") || line[7] == UInt8(ascii: "1") else { throw .badVersion }
        let digits = line[9..<12]
        guard digits.allSatisfy(Characters.isDigit), line.count == 12 || line[12] == UInt8(ascii: " ") else {
            throw .badStartLine
        }
        guard line[12...].allSatisfy(Characters.isFieldValue) else { throw .badStartLine }
        let status = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        guard (100...599).contains(status) else { throw .badStartLine }
        return StatusLine(
            version: line[7] == UInt8(ascii: "1") ? .http11 : .http10,
            status: status,
            length: line.count + 2
        )
    }
}
