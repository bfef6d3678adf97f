import FoundationEssentials
import SwiftASN1
import X509

/// A certificate together with the bytes that it was read from.
struct PeerCertificate: Sendable, Equatable {
    /// The largest certificate that is looked at, in bytes; ours stay below one KiB.
    static let limit = 16 * 1024

    let certificate: Certificate
    let der: [UInt8]

    init(der: [UInt8]) throws(PeerRefusal) {
        guard der.count <= Self.limit else { throw .unreadable }
        do {
            certificate = try Certificate(derEncoded: der)
            try Self.checkSignatureBits(der)
        } catch {
            throw .unreadable
        }
        self.der = der
    }

    var fingerprint: String { Fingerprint.of(der) }

    func isValid(at now: Date) -> Bool {
        certificate.notValidBefore <= now && now <= certificate.notValidAfter
    }

    /// Whether the authority's key signed this certificate and the names agree.
    func isSigned(by authority: PeerCertificate) -> Bool {
        certificate.issuer == authority.certificate.subject
            && authority.certificate.publicKey.isValidSignature(certificate.signature, for: certificate)
    }

    /// Refuses a signature with padding bits.
    ///
    /// The library reads past them, so that one certificate would have several encodings and fingerprints.
    private static func checkSignatureBits(_ der: [UInt8]) throws {
        try DER.sequence(try DER.parse(der), identifier: .sequence) { parts in
            _ = parts.next()
            _ = parts.next()
            let signature = try ASN1BitString(derEncoded: &parts)
            guard signature.paddingBits == 0 else { throw PeerRefusal.unreadable }
        }
    }
}
