package import HTTPFields
package import NIOCore

/// A request's head after every check: what it asks for, of whom, and how its body ends.
///
/// An object, because it is handed from one to the next until the request is over, and a value would be copied each time.
package final class HTTP1RequestHead: Sendable {
    /// The method, a token; compared with case (RFC 9110, 9.1).
    package let method: ByteBufferView
    /// The path and query, `*`, or a CONNECT's authority; never empty.
    package let target: ByteBufferView
    /// Whom it is for: the Host, or the authority of an absolute target that agrees with it; nil only in HTTP/1.0.
    package let authority: ByteBufferView?
    package let version: HTTP1Version
    /// All fields as they came, Host included.
    package let fields: FieldSection
    /// Never ``BodyFraming/untilClose``.
    package let framing: BodyFraming
    /// Whether the visitor wants to go on with the connection afterwards.
    package let keepAlive: Bool
    /// Whether the visitor waits for a 100 before it sends its body.
    package let expectsContinue: Bool
    package let upgrade: Upgrade?
    /// Whether Connection names fields that end at this hop.
    let nominatesFields: Bool

    /// A change of protocol that the request asks for.
    package enum Upgrade: Sendable, Equatable {
        /// With everything that RFC 6455, 4.1 demands.
        case webSocket
        /// Asked for in another way than that.
        case malformedWebSocket
    }

    /// Reads a head out of its complete section.
    init(parsing section: ByteBuffer, limits: HTTP1Limits) throws(HTTP1Error) {
        let line = try RequestLine.parse(section)
        let fields = try FieldLines.parse(section, from: line.length, limit: limits.fields)
        let facts = try FieldFacts.collect(fields)
        if let lookalike = facts.lookalike { throw lookalike }
        method = line.method
        target = line.target.path
        version = line.version
        self.fields = fields
        authority = try Self.authority(line, facts, fields)
        framing = try facts.framing(line.version, otherwise: .none)
        keepAlive = facts.persists(line.version)
        expectsContinue = try facts.expectsContinue(line.version, framing)
        nominatesFields = facts.nominates
        upgrade = Self.upgrade(line, facts, fields)
    }

    package var isHead: Bool { method.equals("HEAD") }
    package var isConnect: Bool { method.equals("CONNECT") }
    package var hasNoBody: Bool { framing == .none || framing == .length(0) }
}

extension HTTP1RequestHead {
    /// One authority: Host exactly once in HTTP/1.1, and an absolute target must not differ from it.
    private static func authority(
        _ line: RequestLine,
        _ facts: FieldFacts,
        _ fields: FieldSection
    ) throws(HTTP1Error) -> ByteBufferView? {
        guard facts.hostCount == 1 || (facts.hostCount == 0 && line.version == .http10) else { throw .badHost }
        let host = fields.first(.host)
        if let host { guard Authority.isValid(host) else { throw .badHost } }
        guard let named = line.target.authority else { return host }
        if let host {
            guard host.elementsEqual(named, by: { $0.lowercasedASCII == $1.lowercasedASCII }) else { throw .badHost }
        }
        return named
    }

    private static func upgrade(_ line: RequestLine, _ facts: FieldFacts, _ fields: FieldSection) -> Upgrade? {
        // RFC 9110, 7.8: without the connection option the field is ignored, and so it is in HTTP/1.0.
        // And so is a protocol that is not spoken here: clients offer h2c with their every request. The field ends at this hop.
        guard facts.upgrades, line.version == .http11, asksForWebSocket(fields) else { return nil }
        guard line.method.equals("GET"), !facts.hasFraming,
            fields.only("upgrade")?.equalsIgnoringCase("websocket") == true,
            fields.only("sec-websocket-version")?.elementsEqual("13".utf8) == true,
            let key = fields.only("sec-websocket-key"), isWebSocketKey(key)
        else { return .malformedWebSocket }
        return .webSocket
    }

    private static func asksForWebSocket(_ fields: FieldSection) -> Bool {
        fields.entries.indices.contains { index in
            fields.is(.upgrade, at: index)
                && ListTokens(fields.value(at: index)).contains { $0.equalsIgnoringCase("websocket") }
        }
    }

    /// Sixteen bytes in base64 (RFC 6455, 4.1).
    private static func isWebSocketKey(_ key: ByteBufferView) -> Bool {
        key.count == 24 && key.suffix(2).elementsEqual("==".utf8)
            && key.dropLast(2).allSatisfy {
                Characters.isLetter($0) || Characters.isDigit($0) || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/")
            }
    }
}

extension FieldSection {
    /// The value of a field that is there exactly once.
    func only(_ name: String) -> ByteBufferView? {
        var found: ByteBufferView?
        for index in entries.indices where nameEquals(name, at: index) {
            guard found == nil else { return nil }
            found = value(at: index)
        }
        return found
    }
}
