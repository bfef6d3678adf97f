import HTTP1
import HTTPFields
import NIOCore
import TunnelProtocol

/// What a proxy in front of the edge says about a visitor.
struct ForwardedClaim {
    /// The addresses that a request came through.
    enum Hops: Equatable {
        /// The last entry is what the nearest proxy saw, and comes first here; nil where no address is named.
        case nearestFirst([IPAddress?])
        /// Not what RFC 7239 allows, or longer than anybody's chain.
        case unreadable
    }

    let hops: Hops
    /// As the nearest proxy saw it.
    let scheme: String?
    let host: String?

    /// More proxies than stand in any chain.
    static let maximumHops = 32

    init(fields: FieldSection) {
        if fields.first("x-forwarded-for") == nil, fields.first("forwarded") != nil {
            self = Self.standard(fields)
        } else {
            self.init(
                hops: Self.addresses(fields),
                scheme: Self.last("x-forwarded-proto", of: fields).flatMap(Self.scheme),
                host: Self.last("x-forwarded-host", of: fields).flatMap(Self.host)
            )
        }
    }

    private init(hops: Hops, scheme: String?, host: String?) {
        self.hops = hops
        self.scheme = scheme
        self.host = host
    }

    private static func standard(_ fields: FieldSection) -> ForwardedClaim {
        var elements: [ForwardedElement] = []
        for index in fields.entries.indices where fields.nameEquals("forwarded", at: index) {
            // Each line by itself: no quotation mark may reach from one into the next.
            guard let more = ForwardedElement.list(fields.value(at: index)),
                elements.count + more.count <= maximumHops
            else { return ForwardedClaim(hops: .unreadable, scheme: nil, host: nil) }
            elements += more
        }
        return ForwardedClaim(
            hops: .nearestFirst(elements.reversed().map { $0.node.flatMap(address) }),
            scheme: elements.last?.proto.flatMap(scheme),
            host: elements.last?.host.flatMap(host)
        )
    }

    // MARK: X-Forwarded-*

    private static func addresses(_ fields: FieldSection) -> Hops {
        var hops: [IPAddress?] = []
        for index in fields.entries.indices.reversed() where fields.nameEquals("x-forwarded-for", at: index) {
            for word in Array(ListTokens(fields.value(at: index))).reversed() where !word.isEmpty {
                // Further out than any chain goes, nobody is known.
                guard hops.count < maximumHops else { return .nearestFirst(hops + [nil]) }
                hops.append(address(text(word)))
            }
        }
        return .nearestFirst(hops)
    }

    /// The last element of a list over all its lines: what the nearest proxy wrote.
    private static func last(_ name: String, of fields: FieldSection) -> String? {
        guard let index = fields.entries.indices.last(where: { fields.nameEquals(name, at: $0) }) else { return nil }
        return Array(ListTokens(fields.value(at: index))).last.map(text)
    }

    private static func text(_ bytes: ByteBufferView) -> String { String(decoding: bytes, as: UTF8.self) }

    // MARK: Values

    /// An address, with a port or without: `192.0.2.1:4711`, `[2001:db8::1]:4711`.
    static func address(_ node: String) -> IPAddress? {
        if node.utf8.first == UInt8(ascii: "[") {
            guard let end = node.firstIndex(of: "]"), isPort(node[node.index(after: end)...]),
                let address = IPAddress(node[node.index(after: node.startIndex)..<end])
            else { return nil }
            return address
        }
        if let address = IPAddress(node) { return address }
        guard let colon = node.firstIndex(of: ":"), isPort(node[colon...]) else { return nil }
        return IPAddress(node[..<colon])
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.isEmpty || text.first == ":" && UInt16(portDigits: text.dropFirst()) != nil
    }

    private static func scheme(_ text: String) -> String? {
        switch text.lowercased() {
        case "http": "http"
        case "https": "https"
        default: nil
        }
    }

    /// A host name or an address, with a port or without, in lower case.
    private static func host(_ text: String) -> String? {
        // Only ASCII is folded: a Kelvin sign is no `k` in a host's name.
        guard text.utf8.count <= 260, text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        let folded = text.lowercased()
        if HostName(folded) != nil { return folded }
        guard let address = address(folded), address.family == .v4 || folded.utf8.first == UInt8(ascii: "[") else {
            return nil
        }
        return folded
    }
}
