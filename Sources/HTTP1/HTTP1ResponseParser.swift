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
    /// Whether Connection names fields that end at this hop.
    let nominatesFields: Bool
}

extension HTTP1ResponseHead {
    /// The fields but for those that end at this hop, and for those of one more `name`; they stay where they are.
    package func lasting(except name: FieldName? = nil) -> FieldSection {
        let hop = HopByHop.Section(nominates: nominatesFields)
        var entries: [FieldSection.Entry] = []
        entries.reserveCapacity(fields.count)
        for index in fields.entries.indices {
            let entry = fields.entries[index]
            if entry.name != .other || nominatesFields {
                guard !hop.isConnectionSpecific(fields, at: index), entry.isAlias || entry.name != name else {
                    continue
                }
            }
            entries.append(entry)
        }
        return FieldSection(storage: fields.storage, entries: entries)
    }
}

/// Reads the responses of one connection to an origin, each for the request that was sent (RFC 9112, strictly).
///
/// After an error nothing more can be read: every further call throws the same error.
package struct HTTP1ResponseParser {
    /// What the request was like, since a response cannot be read without knowing it.
    ///
    /// There is no case for CONNECT: this project never sends one.
    package enum Request: Sendable, Equatable { case ordinary, head, upgrade }

    package enum Part: Sendable {
        /// A 1xx before the final response; never 101.
        case interim(HTTP1ResponseHead)
        case head(HTTP1ResponseHead)
        /// A piece of the body, a slice of what was fed in.
        case body(ByteBuffer)
        /// The end, with the trailers that may be passed on.
        case end(FieldSection?)
        /// The 101 to an upgrade: what follows is the new protocol, handed on as body until the connection ends.
        case upgraded(HTTP1ResponseHead)
    }

    private enum State {
        /// No request is waiting: whatever comes was not asked for.
        case idle
        case head
        case body
    }

    private let limits: HTTP1Limits
    private var scanner = HeadScanner()
    private var state = State.idle
    /// What the response that comes next, or is under way, is to.
    private var request = Request.ordinary
    /// Of the body that is under way.
    private var decoder: BodyDecoder
    private var interimResponses = 0
    private var failure: HTTP1Error?

    package init(limits: HTTP1Limits) {
        self.limits = limits
        decoder = BodyDecoder(.none, limits: limits)
    }

    /// A request has been sent whose response comes next.
    ///
    /// One at a time: the rest of an earlier response could be taken for this one, so the parser fails instead.
    package mutating func expect(_ request: Request) {
        guard case .idle = state else {
            failure = failure ?? .surplusBytes
            return
        }
        state = .head
        self.request = request
        interimResponses = 0
    }

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

    /// The origin closed the connection, and ``next(_:)`` has returned nil for all that came before.
    ///
    /// The answer is the end of a body, or of a new protocol, that lasts until the connection closes; nil when no
    /// response was under way.
    package mutating func connectionClosed() throws(HTTP1Error) -> Part? {
        if let failure { throw failure }
        switch state {
        case .idle: return nil
        case .body where decoder.isUntilClose:
            state = .idle
            return .end(nil)
        case .head, .body:
            failure = .truncated
            throw .truncated
        }
    }

    private mutating func part(_ buffer: inout ByteBuffer) throws(HTTP1Error) -> Part? {
        switch state {
        case .idle:
            guard buffer.readableBytes == 0 else { throw .surplusBytes }
            return nil
        case .head: return try head(&buffer)
        case .body:
            switch try decoder.next(&buffer) {
            case .body(let data): return .body(data)
            case .end(let trailers):
                state = .idle
                decoder.forgetHead()
                return .end(trailers)
            case nil: return nil
            }
        }
    }

    private mutating func head(_ buffer: inout ByteBuffer) throws(HTTP1Error) -> Part? {
        let found = try scanner.end(
            in: buffer,
            startLine: limits.startLine,
            whole: limits.head,
            tooLarge: .headTooLarge
        )
        guard let length = found, let section = buffer.readSlice(length: length) else { return nil }
        let line = try StatusLine.parse(section)
        let fields = try FieldLines.parse(section, from: line.length, limit: limits.fields)
        let facts = try FieldFacts.collect(fields)
        guard line.status >= 200 else { return try interim(line, fields, facts) }
        // RFC 9112, 6.3: these never have a body, whatever their fields say; still, what they say must make sense.
        let stated = try facts.framing(line.version, otherwise: .untilClose)
        let framing = request == .head || line.status == 204 || line.status == 304 ? .none : stated
        begin(framing, head: facts.nominates ? fields : nil)
        return .head(
            HTTP1ResponseHead(
                status: line.status,
                version: line.version,
                fields: fields,
                framing: framing,
                keepAlive: facts.persists(line.version) && framing != .untilClose,
                nominatesFields: facts.nominates
            )
        )
    }

    private mutating func begin(_ framing: BodyFraming, head: FieldSection? = nil) {
        state = .body
        decoder = BodyDecoder(framing, limits: limits, head: head)
    }

    private mutating func interim(
        _ line: StatusLine,
        _ fields: FieldSection,
        _ facts: FieldFacts
    ) throws(HTTP1Error) -> Part {
        // RFC 9110, 15.2: HTTP/1.0 has none.
        guard line.version == .http11 else { throw .badStartLine }
        guard !facts.hasFraming else { throw .conflictingFraming }
        let head = HTTP1ResponseHead(
            status: line.status,
            version: line.version,
            fields: fields,
            framing: .none,
            keepAlive: true,
            nominatesFields: facts.nominates
        )
        if line.status == 101 {
            // RFC 6455, 4.1; the proof in Sec-WebSocket-Accept is for whoever knows the key.
            guard request == .upgrade, facts.upgrades, fields.only("upgrade")?.equalsIgnoringCase("websocket") == true
            else { throw .unexpectedUpgrade }
            begin(.untilClose)
            return .upgraded(head)
        }
        interimResponses += 1
        guard interimResponses <= limits.interimResponses else { throw .tooManyInterimResponses }
        return .interim(head)
    }
}
