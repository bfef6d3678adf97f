import HTTPFields
import NIOCore

/// What the fields that decide about framing and connection say.
struct FieldFacts {
    private(set) var hostCount = 0
    private(set) var closes = false
    private(set) var keepsAlive = false
    private(set) var upgrades = false
    /// Whether Connection names fields that end at this hop.
    private(set) var nominates = false
    /// What a request is refused with whose framing field is spelt with an underscore.
    ///
    /// CGI and its heirs read `_` and `-` in a name alike (RFC 3875, 4.1.18), so an origin could find another body.
    private(set) var lookalike: HTTP1Error?

    private var length: Int?
    private var coding = Coding.none
    private var expectation = Expectation.none
    private var connectionOptions = 0

    private enum Coding { case none, chunked, other }
    private enum Expectation { case none, goOn, unknown }

    /// Each option is compared with each field later on, so there are few.
    private static let connectionOptions = 32

    /// Names that the message needs at every hop; whoever lets them be removed changes what it means.
    private static let lasting = [
        "host", "content-length", "content-type", "content-encoding", "authorization", "cookie", "set-cookie", "expect",
        "transfer-encoding", "trailer", "date",
    ]

    /// Reads all of them in one pass.
    static func collect(_ fields: FieldSection) throws(HTTP1Error) -> FieldFacts {
        var facts = FieldFacts()
        for index in fields.entries.indices {
            let entry = fields.entries[index]
            guard entry.name != .other else { continue }
            switch (entry.name, entry.isAlias) {
            case (.host, _): facts.hostCount += 1
            case (.expect, _):
                let isKnown = facts.expectation == .none && fields.valueEquals("100-continue", at: index)
                facts.expectation = isKnown ? .goOn : .unknown
            case (.connection, _): try facts.connection(fields, index)
            case (.contentLength, false): try facts.length(fields.value(at: index))
            case (.contentLength, true): facts.lookalike = .badContentLength
            case (.transferEncoding, false): try facts.coding(fields, index)
            case (.transferEncoding, true): facts.lookalike = .badTransferEncoding
            default: break  // says nothing about framing or connection
            }
        }
        return facts
    }

    /// Takes digits and nothing else (RFC 9110, 8.6); a second field is refused even when it agrees.
    private mutating func length(_ value: ByteBufferView) throws(HTTP1Error) {
        guard length == nil, let number = Self.contentLength(value) else { throw .badContentLength }
        length = number
    }

    /// The number that a Content-Length is; nil for what is none, or more than an `Int` holds.
    static func contentLength(_ value: ByteBufferView) -> Int? {
        guard (1...19).contains(value.count) else { return nil }
        let text = ByteBuffer(value)
        let digits = text.readableBytesUInt8Span
        var sum = 0
        for index in digits.indices {
            guard Characters.isDigit(digits[index]) else { return nil }
            let (product, isTooBig) = sum.multipliedReportingOverflow(by: 10)
            let (next, isTooBigNow) = product.addingReportingOverflow(Int(digits[index] - UInt8(ascii: "0")))
            guard !isTooBig, !isTooBigNow else { return nil }
            sum = next
        }
        return sum
    }

    /// RFC 9112, 6.1, but for one field with one coding.
    private mutating func coding(_ fields: FieldSection, _ index: Int) throws(HTTP1Error) {
        guard coding == .none else { throw .badTransferEncoding }
        if fields.valueEquals("chunked", at: index) {
            coding = .chunked
        } else {
            let value = fields.value(at: index)
            guard !value.isEmpty, value.allSatisfy(Characters.isToken) else { throw .badTransferEncoding }
            coding = .other
        }
    }

    private mutating func connection(_ fields: FieldSection, _ index: Int) throws(HTTP1Error) {
        // By far the most common list has one element.
        if connectionOptions < Self.connectionOptions, fields.valueEquals("keep-alive", at: index) {
            connectionOptions += 1
            keepsAlive = true
            return
        }
        for option in ListTokens(fields.value(at: index)) {
            connectionOptions += 1
            guard connectionOptions <= Self.connectionOptions, option.allSatisfy(Characters.isToken) else {
                throw .badConnection
            }
            if option.equalsIgnoringCase("close") {
                closes = true
            } else if option.equalsIgnoringCase("keep-alive") {
                keepsAlive = true
            } else if option.equalsIgnoringCase("upgrade") {
                upgrades = true
            } else if !option.isEmpty {
                guard !Self.lasting.contains(where: option.equalsIgnoringCase) else { throw .badConnection }
                nominates = true
            }
        }
    }

    /// Whether the connection can carry another message (RFC 9112, 9.3).
    func persists(_ version: HTTP1Version) -> Bool {
        switch version {
        case .http10: keepsAlive && !closes
        case .http11: !closes
        }
    }

    /// Whether a visitor waits for a 100 (RFC 9110, 10.1.1): never in HTTP/1.0, nor without a body.
    func expectsContinue(_ version: HTTP1Version, _ framing: BodyFraming) throws(HTTP1Error) -> Bool {
        guard expectation != .unknown else { throw .unknownExpectation }
        return expectation == .goOn && version == .http11 && framing != .none && framing != .length(0)
    }

    /// How a message is framed whose fields say so; `otherwise` is for one whose fields do not.
    func framing(_ version: HTTP1Version, otherwise: BodyFraming) throws(HTTP1Error) -> BodyFraming {
        guard coding == .none || length == nil else { throw .conflictingFraming }
        switch coding {
        case .none: return length.map(BodyFraming.length) ?? otherwise
        case .other: throw .unsupportedTransferEncoding
        case .chunked:
            // RFC 9112, 6.1: HTTP/1.0 has no transfer codings, so somebody has misunderstood the message.
            guard version == .http11 else { throw .badTransferEncoding }
            return .chunked
        }
    }

    /// Whether any field speaks of a body.
    var hasFraming: Bool { length != nil || coding != .none }
}
