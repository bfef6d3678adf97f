package import HTTPFields
package import NIOCore

/// A request's head as HTTP/2 carries it, after every check that HTTP/1.1 would have made (RFC 9113, 8.2 and 8.3).
///
/// The library below checks most of this; it is checked again because what passes here is written as HTTP/1.1 further on,
/// where one byte too many is another request.
package struct HTTP2RequestHead: Sendable {
    package let method: ByteBufferView
    /// The path with its query, `*`, or empty in a plain CONNECT.
    package let target: ByteBufferView
    package let authority: ByteBufferView
    package let connect: Connect?
    /// Whether the client waits for a 100 before it sends its body.
    package let expectsContinue: Bool

    package enum Connect: Sendable {
        /// RFC 9113, 8.5.
        case plain
        /// RFC 8441, 4: the value of `:protocol`.
        case extended(ByteBufferView)
    }

    /// - Throws: ``HTTP1Error`` that names what is wrong.
    package init(_ fields: FieldSection) throws(HTTP1Error) {
        let pseudo = try PseudoFields(fields)
        guard let method = pseudo.method, (1...RequestLine.methodBytes).contains(method.count),
            method.allSatisfy(Characters.isToken)
        else {
            throw .badStartLine
        }
        self.method = method
        let isConnect = method.elementsEqual("CONNECT".utf8)
        guard isConnect || pseudo.extended == nil else { throw .badStartLine }
        let isPlainConnect = isConnect && pseudo.extended == nil
        connect = isConnect ? pseudo.extended.map(Connect.extended) ?? .plain : nil
        target = try Self.target(pseudo, method, isPlainConnect: isPlainConnect)
        authority = try Self.authority(pseudo.authority, fields)
        let facts = try FieldFacts.collect(fields)
        if let lookalike = facts.lookalike { throw lookalike }
        expectsContinue = try facts.expectsContinue(.http11, .chunked)
        for index in fields.entries.indices.dropFirst(pseudo.count) {
            let name = fields.name(at: index)
            try Self.checkField(name, fields.value(at: index))
            if HopByHop.isForbiddenInHTTP2(fields, at: index) { throw .badConnection }
        }
    }

    /// A name of small letters and a value without control characters (RFC 9113, 8.2.1).
    package static func checkField(_ name: ByteBufferView, _ value: ByteBufferView) throws(HTTP1Error) {
        guard !name.isEmpty, name.allSatisfy({ Characters.isToken($0) && $0.lowercasedASCII == $0 }) else {
            throw .badFieldName
        }
        guard value.allSatisfy(Characters.isFieldValue) else { throw .badFieldValue }
        if let first = value.first, let last = value.last {
            guard !Characters.isBlank(first), !Characters.isBlank(last) else { throw .badFieldValue }
        }
    }

    private static func target(
        _ pseudo: PseudoFields,
        _ method: ByteBufferView,
        isPlainConnect: Bool
    ) throws(HTTP1Error) -> ByteBufferView {
        guard !isPlainConnect else {
            guard pseudo.path == nil, pseudo.scheme == nil else { throw .badTarget }
            return ByteBufferView()
        }
        guard let scheme = pseudo.scheme, scheme.equalsIgnoringCase("http") || scheme.equalsIgnoringCase("https"),
            let path = pseudo.path, path.allSatisfy(Characters.isTarget)
        else { throw .badTarget }
        let isAsterisk = path.elementsEqual("*".utf8) && method.elementsEqual("OPTIONS".utf8)
        guard path.first == UInt8(ascii: "/") || isAsterisk else { throw .badTarget }
        return path
    }

    /// `:authority` and Host: at least one, and when there are both they agree (RFC 9113, 8.3.1).
    private static func authority(
        _ named: ByteBufferView?,
        _ fields: FieldSection
    ) throws(HTTP1Error) -> ByteBufferView {
        let host = fields.first(.host)
        if host != nil, fields.only("host") == nil { throw .badHost }
        guard let authority = named ?? host, Authority.isValid(authority) else { throw .badHost }
        if let host {
            let same = host.elementsEqual(authority) { $0.lowercasedASCII == $1.lowercasedASCII }
            guard same else { throw .badHost }
        }
        return authority
    }
}

/// The pseudo-header fields of a request: each at most once, before all others, none unknown (RFC 9113, 8.3).
private struct PseudoFields {
    var method: ByteBufferView?
    var scheme: ByteBufferView?
    var authority: ByteBufferView?
    var path: ByteBufferView?
    var extended: ByteBufferView?
    var count = 0

    init(_ fields: FieldSection) throws(HTTP1Error) {
        for index in fields.entries.indices {
            let name = fields.name(at: index)
            guard name.first == UInt8(ascii: ":") else { continue }
            guard index == count else { throw .badFieldName }
            count += 1
            let value = fields.value(at: index)
            switch String(decoding: name, as: UTF8.self) {
            case ":method" where method == nil: method = value
            case ":scheme" where scheme == nil: scheme = value
            case ":authority" where authority == nil: authority = value
            case ":path" where path == nil: path = value
            case ":protocol" where extended == nil: extended = value
            default: throw .badFieldName
            }
        }
    }
}

extension HopByHop {
    /// RFC 9113, 8.2.2: a message with such a field is malformed.
    static func isForbiddenInHTTP2(_ fields: FieldSection, at index: Int) -> Bool {
        isConnectionSpecific(fields, at: index)
    }
}
