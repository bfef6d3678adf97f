import SwiftASN1
import X509

/// Who issued a certificate that was refused, for people to read.
package enum IssuerName {
    /// Names in certificates are longer than this only to confuse.
    private static let limit = 64

    /// The common name of the issuer, or else its organisation.
    ///
    /// The name is a stranger's claim: it is cut, and whatever could do something to a terminal is replaced.
    ///
    /// - Parameter der: A certificate, which need not be trusted.
    /// - Returns: One line; nil when the certificate cannot be read or its issuer has neither name.
    package static func words(in der: [UInt8]) -> String? {
        guard der.count <= PeerCertificate.limit else { return nil }
        let attributes: [RelativeDistinguishedName.Attribute]
        do { attributes = try Certificate(derEncoded: der).issuer.flatMap { $0.map(\.self) } } catch { return nil }
        let wanted: [ASN1ObjectIdentifier] = [.RDNAttributeType.commonName, .RDNAttributeType.organizationName]
        let name = wanted.lazy.compactMap { type in attributes.first { $0.type == type } }.first
        return name.flatMap { String($0.value) }.map(printable)
    }

    private static func printable(_ text: String) -> String {
        let scalars = text.unicodeScalars
        let kept = scalars.prefix(limit).map { scalar -> Character in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: "?"
            default: Character(scalar)
            }
        }
        return String(kept) + (scalars.count > limit ? "…" : "")
    }
}
