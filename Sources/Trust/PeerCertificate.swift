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
            try Self.checkSignature(der)
        } catch {
            throw .unreadable
        }
        self.der = der
    }

    var fingerprint: String { Fingerprint.of(der) }
    /// Of the public key alone, which stays when a certificate is renewed.
    var keyFingerprint: String { Fingerprint.of(certificate.publicKey) }

    func isValid(at now: Date) -> Bool {
        certificate.notValidBefore <= now && now <= certificate.notValidAfter
    }

    /// Whether the authority's key signed this certificate and the names agree.
    func isSigned(by authority: PeerCertificate) -> Bool {
        certificate.issuer == authority.certificate.subject
            && authority.certificate.publicKey.isValidSignature(certificate.signature, for: certificate)
    }

    /// Refuses a signature with padding bits, and an algorithm that is not the one which was signed.
    ///
    /// The library reads past both. With the first, one certificate would have several encodings and fingerprints; the
    /// second is RFC 5280, 4.1.1.2.
    private static func checkSignature(_ der: [UInt8]) throws {
        try DER.sequence(try DER.parse(der), identifier: .sequence) { parts in
            guard let content = parts.next(), let algorithm = parts.next() else { throw PeerRefusal.unreadable }
            let signature = try ASN1BitString(derEncoded: &parts)
            guard signature.paddingBits == 0, try signedAlgorithm(content) == algorithm.encodedBytes else {
                throw PeerRefusal.unreadable
            }
        }
    }

    /// The algorithm within what was signed: it follows the serial number, which a version may precede.
    private static func signedAlgorithm(_ content: ASN1Node) throws -> ArraySlice<UInt8>? {
        guard case .constructed(let fields) = content.content else { throw PeerRefusal.unreadable }
        return fields.first { $0.identifier == .sequence }?.encodedBytes
    }
}
