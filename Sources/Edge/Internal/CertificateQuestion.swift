import AdminHTTP
import TunnelProtocol

/// What a TLS terminator asks before it orders a certificate: whether this edge serves a name.
enum CertificateQuestion {
    /// The name that a query asks about, folded; nil for whatever is not exactly one host name.
    ///
    /// A certificate is ordered for the name as it was asked for, so a port, a trailing dot or a second parameter is
    /// no harmless decoration here.
    static func name(in request: AdminRequest) -> HostName? {
        guard request.query.utf8.count <= longestQuery, !request.query.contains("&"),
            let domain = request.queryValue("domain"), domain.utf8.count <= 253,
            domain.utf8.allSatisfy({ isNameByte($0) }), domain.utf8.last != UInt8(ascii: ".")
        else { return nil }
        return HostName(domain)
    }

    /// `domain=` and 253 bytes, each of them percent-encoded.
    private static let longestQuery = 7 + 253 * 3

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."): true
        default: false
        }
    }
}
