import HTTP1
import HTTPFields
import NIOCore
import TunnelProtocol

/// Who a visitor is and how it came, as far as the edge can vouch for it.
///
/// The socket says it, unless the peer is a trusted proxy: then X-Forwarded-For is read from its right end, past every
/// trusted proxy, up to the first address that is none. A proxy that is trusted speaks either X-Forwarded-* or
/// Forwarded (RFC 7239); where both arrive the first are believed, because most proxies write those and let a visitor's
/// Forwarded pass. What an untrusted peer says of itself is never read.
struct VisitorIdentity: Equatable {
    /// Nil when nobody who is trusted could say.
    let clientAddress: IPAddress?
    /// `https` or `http`, as the visitor spoke it.
    let scheme: String
    /// The host and port that the visitor asked for.
    let host: String

    /// Works out one request's visitor.
    ///
    /// - Parameters:
    ///   - peer: The other end of the socket, or what the PROXY protocol said in its place.
    ///   - authority: The request's own authority.
    ///   - fields: The request's fields, as they came.
    ///   - trusted: Whose word is believed.
    ///   - publicScheme: What visitors speak when nobody says otherwise.
    init(
        peer: IPAddress?,
        authority: String,
        fields: FieldSection,
        trusted: TrustedProxies,
        publicScheme: String
    ) {
        guard trusted.contains(peer) else {
            self.init(clientAddress: peer, scheme: publicScheme, host: authority)
            return
        }
        let claim = ForwardedClaim(fields: fields)
        self.init(
            clientAddress: Self.client(claim.hops, peer: peer, trusted: trusted),
            scheme: claim.scheme ?? publicScheme,
            host: claim.host ?? authority
        )
    }

    private init(clientAddress: IPAddress?, scheme: String, host: String) {
        self.clientAddress = clientAddress
        self.scheme = scheme
        self.host = host
    }

    /// Walks from the nearest hop outwards; the first that is not trusted is the visitor.
    private static func client(_ hops: ForwardedClaim.Hops, peer: IPAddress?, trusted: TrustedProxies) -> IPAddress? {
        switch hops {
        case .unreadable: return nil
        case .nearestFirst(let addresses):
            var outermost = peer
            for address in addresses {
                // A trusted proxy that does not know its own peer says `unknown`: then nobody does.
                guard let address else { return nil }
                outermost = address
                guard trusted.contains(address) else { break }
            }
            return outermost
        }
    }

    /// What origins are told, in place of every field that said the like before: see ``ForwardedRequest``.
    var fields: FieldSection { FieldSection(capacity: capacity, fields: 4, write) }

    /// The bytes of ``fields`` at most: names, what stands around the values, and each value as often as it comes.
    var capacity: Int { 120 + 2 * Self.longestAddress + 2 * host.utf8.count + 2 * scheme.utf8.count }

    /// Adds ``fields`` to a request.
    func write(_ bytes: inout OutputRawSpan, _ entries: inout [FieldSection.Entry]) {
        if let clientAddress { bytes.append(.xForwardedFor, &entries) { $0.append(clientAddress) } }
        bytes.append(.xForwardedProto, scheme, &entries)
        bytes.append(.xForwardedHost, host, &entries)
        bytes.append(.forwarded, &entries) { writeForwarded(to: &$0) }
    }

    /// The one element of Forwarded (RFC 7239, 4).
    private func writeForwarded(to value: inout OutputRawSpan) {
        let isV6 = clientAddress?.family == .v6
        let isToken = isHostToken
        value.append(isV6 ? "for=\"[" : "for=")
        if let clientAddress { value.append(clientAddress) } else { value.append("unknown") }
        value.append(isV6 ? "]\";host=" : ";host=")
        // An authority has no quotation mark and no backslash in it.
        if !isToken { value.append("\"") }
        value.append(text: host)
        value.append(isToken ? ";proto=" : "\";proto=")
        value.append(text: scheme)
    }

    /// Whether there is no port behind the host, and no brackets around it.
    private var isHostToken: Bool {
        let letters = host.utf8Span.span
        for index in letters.indices where letters[index] == UInt8(ascii: ":") || letters[index] == UInt8(ascii: "[") {
            return false
        }
        return true
    }

    /// Eight groups of four digits and the colons between them, or less.
    private static let longestAddress = 45
}

extension OutputRawSpan {
    /// Appends an address, for which there must be room: no string is made of the usual kind.
    fileprivate mutating func append(_ address: IPAddress) {
        switch address.family {
        case .v6: append(text: address.description)
        case .v4:
            let bits = UInt32(truncatingIfNeeded: address.bits)
            for place: UInt32 in 0..<4 {
                if place > 0 { append(".") }
                append(decimal: UInt8(truncatingIfNeeded: bits >> (24 - 8 * place)))
            }
        }
    }
}
