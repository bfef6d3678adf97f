import Crypto
import SwiftASN1
import X509

/// What every certificate of an operator looks like; anything else was not issued by `ca-tools`.
///
/// Narrower than RFC 5280 on purpose: what is never issued need not be understood.
enum Profile {
    /// RFC 5280, 4.1.2.2.
    private static let longestSerial = 20

    /// The extensions that are checked here and may therefore be critical.
    private static let understood: Set<ASN1ObjectIdentifier> = [
        .X509ExtensionID.basicConstraints, .X509ExtensionID.keyUsage, .X509ExtensionID.extendedKeyUsage,
        .X509ExtensionID.subjectAlternativeName, .X509ExtensionID.nameConstraints,
    ]

    /// Checks what leaf, issuing CA and root have in common.
    static func checkCommon(_ certificate: Certificate) throws(PeerRefusal) {
        let serial = SerialNumber.normalised(certificate.serialNumber.bytes)
        guard certificate.version == .v3, isStrong(certificate), (1...longestSerial).contains(serial.count),
            certificate.extensions.allSatisfy({ !$0.critical || understood.contains($0.oid) })
        else { throw .constraintViolated }
    }

    /// Checks that a certificate is a leaf for one purpose and nothing more.
    ///
    /// Without a subject, its other names must be critical (RFC 5280, 4.2.1.6).
    static func checkLeaf(_ leaf: Certificate, usage: ExtendedKeyUsage.Usage) throws {
        if case .isCertificateAuthority = try leaf.extensions.basicConstraints { throw PeerRefusal.wrongPurpose }
        try checkUsage(leaf, usage)
        guard let use = try leaf.extensions.keyUsage, use.digitalSignature, !use.keyCertSign, !use.cRLSign,
            try leaf.extensions.nameConstraints == nil,
            !leaf.subject.isEmpty || isCritical(.X509ExtensionID.subjectAlternativeName, in: leaf)
        else { throw PeerRefusal.constraintViolated }
    }

    /// Checks that a certificate may issue others, with so many authorities between itself and the leaf.
    static func checkAuthority(_ authority: Certificate, authoritiesBelow: Int) throws {
        guard case .isCertificateAuthority(let longest) = try authority.extensions.basicConstraints,
            isCritical(.X509ExtensionID.basicConstraints, in: authority),
            longest.map({ $0 >= authoritiesBelow }) ?? true,
            let use = try authority.extensions.keyUsage, use.keyCertSign,
            !authority.subject.isEmpty
        else { throw PeerRefusal.constraintViolated }
    }

    /// Checks that a root which speaks of purposes at all speaks of this one.
    ///
    /// A root is trusted for both kinds of leaves unless it says otherwise itself.
    static func checkRootUsage(_ root: Certificate, _ usage: ExtendedKeyUsage.Usage) throws {
        guard let usages = try root.extensions.extendedKeyUsage else { return }
        guard usages.contains(usage) else { throw PeerRefusal.wrongPurpose }
    }

    /// Checks that a certificate names the key that signed it as the authority itself does (RFC 5280, 4.2.1.1).
    static func checkKeyIdentifiers(_ certificate: Certificate, issuedBy authority: Certificate) throws {
        guard let named = try certificate.extensions.authorityKeyIdentifier?.keyIdentifier,
            let own = try authority.extensions.subjectKeyIdentifier?.keyIdentifier, named == own
        else { throw PeerRefusal.constraintViolated }
    }

    /// Checks that the extended key usage is exactly the one wanted: no second one, and not "any".
    static func checkUsage(_ certificate: Certificate, _ usage: ExtendedKeyUsage.Usage) throws {
        guard let usages = try certificate.extensions.extendedKeyUsage, Array(usages) == [usage] else {
            throw PeerRefusal.wrongPurpose
        }
    }

    /// Curves P-256 and P-384 with SHA-256 or SHA-384; nothing else is ever issued.
    private static func isStrong(_ certificate: Certificate) -> Bool {
        let key = certificate.publicKey
        let isCurve = P256.Signing.PublicKey(key) != nil || P384.Signing.PublicKey(key) != nil
        return isCurve && [.ecdsaWithSHA256, .ecdsaWithSHA384].contains(certificate.signatureAlgorithm)
    }

    private static func isCritical(_ oid: ASN1ObjectIdentifier, in certificate: Certificate) -> Bool {
        certificate.extensions[oid: oid]?.critical ?? false
    }
}
