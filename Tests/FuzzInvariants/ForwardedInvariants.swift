#if DEBUG || FUZZING
import HTTPFields
import NIOCore
import TunnelProtocol

@testable import Edge

/// What a proxy in front says of a visitor is only what stands in its fields, and is passed on as it was understood.
enum ForwardedInvariants {
    private static let trusted: TrustedProxies? = {
        do { return try TrustedProxies(["loopback", "private", "2001:db8:a::/48"]) } catch { return nil }
    }()
    private static let peer = IPAddress("10.0.0.1")
    private static let stranger = IPAddress("192.0.2.77")
    private static let authority = "app.example.com"

    static func fields(_ bytes: [UInt8]) throws {
        guard let trusted else { throw BrokenInvariant(description: "the trusted proxies cannot be read") }
        let fields = WrittenLines.fields(bytes)
        let claim = ForwardedClaim(fields: fields)
        try checkHops(claim, fields)
        try require(claim.scheme.map { $0 == "http" || $0 == "https" } ?? true, "there is another scheme")
        if let host = claim.host { try checkHost(host, fields) }

        let unknown = identity(from: stranger, fields, trusted)
        try require(unknown.clientAddress == stranger, "a stranger says who it is")
        try require(unknown.host == authority && unknown.scheme == "https", "a stranger says where it came in")
        let known = identity(from: peer, fields, trusted)
        try require(known.clientAddress == client(claim.hops, trusted), "the visitor is not the first stranger")
        try checkPassedOn(known)
    }

    private static func identity(
        from peer: IPAddress?,
        _ fields: FieldSection,
        _ trusted: TrustedProxies
    ) -> VisitorIdentity {
        VisitorIdentity(peer: peer, authority: authority, fields: fields, trusted: trusted, publicScheme: "https")
    }

    /// The nearest hop that is not trusted, or the furthest one; nil when somebody unknown stands before it.
    private static func client(_ hops: ForwardedClaim.Hops, _ trusted: TrustedProxies) -> IPAddress? {
        guard case .nearestFirst(let addresses) = hops else { return nil }
        guard let place = addresses.firstIndex(where: { !trusted.contains($0) }) else {
            return addresses.last ?? peer
        }
        return addresses[place]
    }

    private static func checkHops(_ claim: ForwardedClaim, _ fields: FieldSection) throws {
        guard case .nearestFirst(let hops) = claim.hops else { return }
        try require(hops.count <= ForwardedClaim.maximumHops + 1, "there are more hops than in any chain")
        let named = hops.compactMap { $0 }
        guard !named.isEmpty else { return }
        let written = addresses(in: fields)
        for hop in named {
            try require(written.contains(hop), "the address \(hop) stands nowhere")
            try require(IPAddress(hop.description) == hop, "an address changes when it is written down")
        }
    }

    /// Every address that stands anywhere in the fields, quotation marks and escapes taken away.
    private static func addresses(in fields: FieldSection) -> Set<IPAddress> {
        var found: Set<IPAddress> = []
        for value in (fields.values("x-forwarded-for") + fields.values("forwarded")).map(plain) {
            for run in value.split(whereSeparator: { !isAddressByte($0) }) {
                let colon = run.firstIndex(of: UInt8(ascii: ":")) ?? run.endIndex
                for bytes in [run, run[..<colon]] {
                    if let address = IPAddress(String(decoding: bytes, as: UTF8.self)) { found.insert(address) }
                }
            }
        }
        return found
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        switch byte.lowercasedASCII {
        case 0x30...0x3A, 0x61...0x66, UInt8(ascii: "."): true
        default: false
        }
    }

    private static func plain(_ value: [UInt8]) -> [UInt8] {
        value.filter { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }.map(\.lowercasedASCII)
    }

    private static func checkHost(_ host: String, _ fields: FieldSection) throws {
        let values = fields.values("x-forwarded-host") + fields.values("forwarded")
        try require(!host.isEmpty && host.utf8.count <= 260, "a host is empty or too long")
        try require(host.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "a host holds what none does")
        try require(values.contains { plain($0).holds(host.utf8) }, "the host \(host) stands nowhere")
    }

    /// Both kinds of fields say the same to whoever reads them next.
    private static func checkPassedOn(_ identity: VisitorIdentity) throws {
        let fields = identity.fields
        try fields.requireCleanFields()
        let hops = ForwardedClaim.Hops.nearestFirst([identity.clientAddress])
        var standard = FieldSection()
        for value in fields.values("forwarded") { standard.append("forwarded", WrittenLines.view(value)) }
        try require(standard.count == 1, "Forwarded stands more than once")
        for section in [fields, standard] {
            let claim = ForwardedClaim(fields: section)
            try require(claim.hops == hops, "another visitor is passed on")
            try require(claim.scheme == identity.scheme, "another scheme is passed on")
            try require(claim.host == identity.host, "another host is passed on")
        }
    }
}
#endif
