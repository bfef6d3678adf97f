package import HTTPFields
package import NIOCore

/// The version of a message; nothing else is spoken on the visitors' side.
package enum HTTP1Version: Sendable, Equatable { case http10, http11 }

/// A request's head after every check: what it asks for, of whom, and how its body ends.
package struct HTTP1RequestHead: Sendable {
    /// The method, a token; compared with case (RFC 9110, 9.1).
    package let method: ByteBufferView
    /// The path and query, or `*`; never empty.
    package let target: ByteBufferView
    /// Whom it is for: the Host, or the authority of an absolute target that agrees with it; nil only in HTTP/1.0.
    package let authority: ByteBufferView?
    package let version: HTTP1Version
    /// All fields as they came, Host included.
    package let fields: FieldSection
    package let framing: BodyFraming
    /// Whether the visitor wants to go on with the connection afterwards.
    package let keepAlive: Bool
    /// Whether the visitor waits for a 100 before it sends its body.
    package let expectsContinue: Bool
    package let upgrade: Upgrade?

    /// A change of protocol that the request asks for.
    package enum Upgrade: Sendable, Equatable {
        /// With everything that RFC 6455, 4.1 demands.
        case webSocket
        case other
    }

    package var isHead: Bool { method.elementsEqual("HEAD".utf8) }
    package var isConnect: Bool { method.elementsEqual("CONNECT".utf8) }
    package var hasNoBody: Bool { framing == .none || framing == .length(0) }
}

/// Reads a request's head out of a complete section.
enum RequestHeadParser {
    static func parse(_ section: ByteBuffer, limits: HTTP1Limits) throws(HTTP1Error) -> HTTP1RequestHead {
        let line = try RequestLine.parse(section)
        let fields = try FieldLines.parse(section, from: line.length, limit: limits.fields)
        let facts = try FieldFacts.collect(fields)
        let authority = try self.authority(line, facts, fields)
        let framing = try facts.requestFraming(line.version)
        return HTTP1RequestHead(
            method: line.method,
            target: line.path,
            authority: authority,
            version: line.version,
            fields: fields,
            framing: framing,
            keepAlive: line.version == .http11 ? !facts.closes : facts.keepsAlive,
            expectsContinue: try facts.expectsContinue(line.version),
            upgrade: upgrade(line, facts, fields)
        )
    }

    /// One authority: Host exactly once in HTTP/1.1, and an absolute target must not differ from it.
    private static func authority(
        _ line: RequestLine,
        _ facts: FieldFacts,
        _ fields: FieldSection
    ) throws(HTTP1Error) -> ByteBufferView? {
        guard facts.hostCount <= 1, facts.hostCount == 1 || line.version == .http10 else { throw .badHost }
        let host = fields.first("host")
        if let host { guard Authority.isValid(host) else { throw .badHost } }
        guard let named = line.authority else { return host }
        guard Authority.isValid(named) else { throw .badTarget }
        if let host, !host.lowercasedASCII().elementsEqual(named.lowercasedASCII()) { throw .badHost }
        return named
    }

    private static func upgrade(
        _ line: RequestLine,
        _ facts: FieldFacts,
        _ fields: FieldSection
    ) -> HTTP1RequestHead.Upgrade? {
        guard facts.upgrades, let wanted = fields.first("upgrade"), line.version == .http11 else { return nil }
        guard wanted.equalsIgnoringCase("websocket"), line.method.elementsEqual("GET".utf8),
            let key = fields.first("sec-websocket-key"), key.count == 24,
            fields.first("sec-websocket-version")?.elementsEqual("13".utf8) == true
        else { return .other }
        return .webSocket
    }
}

/// The request line (RFC 9112, 3), strictly: one space between its parts, no other white space.
struct RequestLine {
    let method: ByteBufferView
    let path: ByteBufferView
    let authority: ByteBufferView?
    let version: HTTP1Version
    /// The bytes of the line with its CRLF.
    let length: Int

    static func parse(_ section: ByteBuffer) throws(HTTP1Error) -> RequestLine {
        let view = section.readableBytesView
        guard let end = view.firstIndex(of: UInt8(ascii: "\r")) else { throw .badStartLine }
        guard view[view.index(after: end)] == UInt8(ascii: "\n") else { throw .badLineEnd }
        let line = view[..<end]
        let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, parts[0].count <= 32, parts[0].allSatisfy(Characters.isToken) else {
            throw .badStartLine
        }
        let version = try version(parts[2])
        // RFC 3986 has no control characters, no space and nothing above ASCII; a fragment never leaves a client.
        guard !parts[1].isEmpty, parts[1].allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") }) else {
            throw .badTarget
        }
        let (path, authority) = try target(parts[1], method: parts[0])
        return RequestLine(
            method: parts[0],
            path: path,
            authority: authority,
            version: version,
            length: view.distance(from: view.startIndex, to: end) + 2
        )
    }

    private static func version(_ text: ByteBufferView) throws(HTTP1Error) -> HTTP1Version {
        if text.elementsEqual("HTTP/1.1".utf8) { return .http11 }
        if text.elementsEqual("HTTP/1.0".utf8) { return .http10 }
        throw text.starts(with: "HTTP/".utf8) ? .badVersion : .badStartLine
    }

    /// The four forms of a target (RFC 9112, 3.2).
    private static func target(
        _ target: ByteBufferView,
        method: ByteBufferView
    ) throws(HTTP1Error) -> (path: ByteBufferView, authority: ByteBufferView?) {
        if method.elementsEqual("CONNECT".utf8) { return (target, target) }
        if target.first == UInt8(ascii: "/") { return (target, nil) }
        if target.elementsEqual("*".utf8), method.elementsEqual("OPTIONS".utf8) { return (target, nil) }
        for scheme in ["http://", "https://"] where target.prefix(scheme.utf8.count).lowercasedASCII().elementsEqual(scheme.utf8) {
            let rest = target.dropFirst(scheme.utf8.count)
            // A path is needed to pass on; one that is missing or begins with a query would have to be made up.
            guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else { throw .badTarget }
            return (rest[slash...], rest[..<slash])
        }
        throw .badTarget
    }
}

/// What the fields that decide about framing and connection say.
struct FieldFacts {
    var hostCount = 0
    private var length: Int?
    private var isChunked = false
    private var hasOtherCoding = false
    private(set) var closes = false
    private(set) var keepsAlive = false
    private(set) var upgrades = false
    private var expectation: Bool?

    static func collect(_ fields: FieldSection) throws(HTTP1Error) -> FieldFacts {
        var facts = FieldFacts()
        for index in fields.entries.indices {
            switch fields.entries[index].nameLength {
            case 4: if fields.nameEquals("host", at: index) { facts.hostCount += 1 }
            case 6: if fields.nameEquals("expect", at: index) { try facts.expect(fields.value(at: index)) }
            case 10: if fields.nameEquals("connection", at: index) { try facts.connection(fields.value(at: index)) }
            case 14: if fields.nameEquals("content-length", at: index) { try facts.length(fields.value(at: index)) }
            case 17:
                if fields.nameEquals("transfer-encoding", at: index) { try facts.coding(fields.value(at: index)) }
            default: break
            }
        }
        return facts
    }

    /// RFC 9110, 8.6: digits and nothing else. A second field is refused even when it agrees.
    private mutating func length(_ value: ByteBufferView) throws(HTTP1Error) {
        guard length == nil, (1...18).contains(value.count), value.allSatisfy(Characters.isDigit) else {
            throw .badContentLength
        }
        length = value.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    private mutating func coding(_ value: ByteBufferView) throws(HTTP1Error) {
        guard !isChunked, !hasOtherCoding else { throw .badTransferEncoding }
        if value.equalsIgnoringCase("chunked") {
            isChunked = true
        } else {
            guard !value.isEmpty, value.allSatisfy(Characters.isToken) else { throw .badTransferEncoding }
            hasOtherCoding = true
        }
    }

    private mutating func connection(_ value: ByteBufferView) throws(HTTP1Error) {
        // Names that a hop needs itself; whoever lets them be removed changes what the message means.
        let untouchable: [StaticString] = [
            "host", "content-length", "transfer-encoding", "content-type", "authorization", "cookie", "expect",
        ]
        let attacks = ListTokens.contains(value) { token in untouchable.contains { token.equalsIgnoringCase($0) } }
        guard !attacks else { throw .badConnection }
        if ListTokens.contains(value, "close") { closes = true }
        if ListTokens.contains(value, "keep-alive") { keepsAlive = true }
        if ListTokens.contains(value, "upgrade") { upgrades = true }
    }

    private mutating func expect(_ value: ByteBufferView) throws(HTTP1Error) {
        guard expectation == nil, value.equalsIgnoringCase("100-continue") else { throw .unknownExpectation }
        expectation = true
    }

    func expectsContinue(_ version: HTTP1Version) throws(HTTP1Error) -> Bool {
        // RFC 9110, 10.1.1: from an HTTP/1.0 client the field is ignored.
        version == .http11 && expectation == true
    }

    func requestFraming(_ version: HTTP1Version) throws(HTTP1Error) -> BodyFraming {
        guard !hasOtherCoding else { throw .unsupportedTransferEncoding }
        guard isChunked else { return length.map(BodyFraming.length) ?? .none }
        guard length == nil else { throw .conflictingFraming }
        guard version == .http11 else { throw .badTransferEncoding }
        return .chunked
    }

    func responseFraming(_ version: HTTP1Version) throws(HTTP1Error) -> BodyFraming {
        guard !hasOtherCoding else { throw .unsupportedTransferEncoding }
        guard isChunked else { return length.map(BodyFraming.length) ?? .untilClose }
        guard length == nil else { throw .conflictingFraming }
        guard version == .http11 else { throw .badTransferEncoding }
        return .chunked
    }

    var hasFraming: Bool { length != nil || isChunked || hasOtherCoding }
}

/// The host and port of a request (RFC 9110, 7.2), strictly.
enum Authority {
    static func isValid(_ authority: ByteBufferView) -> Bool {
        guard (1...260).contains(authority.count) else { return false }
        if authority.first == UInt8(ascii: "[") {
            guard let end = authority.firstIndex(of: UInt8(ascii: "]")) else { return false }
            let inside = authority[authority.index(after: authority.startIndex)..<end]
            let rest = authority[authority.index(after: end)...]
            return inside.count >= 2 && inside.allSatisfy(isAddressByte) && (rest.isEmpty || isPort(rest))
        }
        let colon = authority.firstIndex(of: UInt8(ascii: ":")) ?? authority.endIndex
        let name = authority[..<colon]
        let rest = authority[colon...]
        return !name.isEmpty && name.allSatisfy(isNameByte) && (rest.isEmpty || isPort(rest))
    }

    private static func isPort(_ text: ByteBufferView) -> Bool {
        let digits = text.dropFirst()
        guard text.first == UInt8(ascii: ":"), (1...5).contains(digits.count), digits.allSatisfy(Characters.isDigit)
        else { return false }
        return (1...65_535).contains(digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) })
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: ":"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}

extension Sequence<UInt8> {
    /// The bytes with ASCII letters in lower case.
    func lowercasedASCII() -> [UInt8] {
        map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
    }
}
