import Cryptography
import FoundationEssentials
import TunnelProtocol

/// A device's signing request as it came over the wire, with what the CA wants to know of its key.
struct KeyRequest {
    /// Larger ones are not read: a request for a key on P-256 takes a few hundred bytes.
    static let limit = 8 * 1024

    let request: SigningRequest
    /// SHA-256 of the public key as a SubjectPublicKeyInfo, hexadecimal.
    let key: String

    /// Reads base64 of DER; what a stranger sent wrongly is told in words without an echo of it.
    init(base64: String) throws(IssuerRefusal) {
        guard base64.utf8.count <= Self.limit * 4 / 3 + 4, let der = Data(base64Encoded: base64) else {
            throw IssuerRefusal(.requestRefused, "The member csr is not base64 of at most \(Self.limit) bytes.")
        }
        do {
            request = try SigningRequest(der: Array(der), on: .p256)
            key = try Self.fingerprint(request.publicKey())
        } catch {
            throw IssuerRefusal(
                .requestRefused,
                "The member csr is not a PKCS #10 request that a key on P-256 has signed."
            )
        }
    }

    static func fingerprint(_ key: EVPKey) throws(CryptographyError) -> String {
        try Digest.sha256(key.publicKeyDER()).hexadecimal
    }
}
