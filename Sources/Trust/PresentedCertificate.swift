package import FoundationEssentials
import SwiftASN1
import X509

/// What a certificate says of itself, for people to read; nothing of it has been checked.
package struct PresentedCertificate: Sendable, Equatable {
    /// The common name of the issuer, or else its organisation: one short line that does nothing to a terminal.
    package let issuer: String?
    package let notBefore: Date
    package let notAfter: Date

    /// Names in certificates are longer than this only to confuse.
    private static let limit = 64

    package init(issuer: String?, notBefore: Date, notAfter: Date) {
        self.issuer = issuer
        self.notBefore = notBefore
        self.notAfter = notAfter
    }

    /// Reads a certificate, which need not be trusted; nil when it cannot be read.
    package init?(der: [UInt8]) {
        guard der.count <= PeerCertificate.limit else { return nil }
        let certificate: Certificate
        do { certificate = try Certificate(derEncoded: der) } catch { return nil }
        issuer = Self.name(certificate.issuer).map(Self.printable)
        notBefore = certificate.notValidBefore
        notAfter = certificate.notValidAfter
    }

    private static func name(_ issuer: DistinguishedName) -> String? {
        let attributes = issuer.flatMap { $0.map(\.self) }
        let wanted: [ASN1ObjectIdentifier] = [.RDNAttributeType.commonName, .RDNAttributeType.organizationName]
        let found = wanted.lazy.compactMap { type in attributes.first { $0.type == type } }.first
        return found.flatMap { String($0.value) }
    }

    /// The name is a stranger's claim: it is cut, and whatever could do something to a terminal is replaced.
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
