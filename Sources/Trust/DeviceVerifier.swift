package import FoundationEssentials
import X509

/// Which device a certificate is for.
package struct DeviceIdentity: Sendable, Equatable {
    /// A UUID in lower case.
    package let id: String
    /// The serial number, big-endian, without leading zeros.
    package let serial: [UInt8]
    package let notAfter: Date
    /// SHA-256 of the public key, in hexadecimal: the same device keeps it over renewals.
    package let keyFingerprint: String

    package init(id: String, serial: [UInt8], notAfter: Date, keyFingerprint: String) {
        self.id = id
        self.serial = serial
        self.notAfter = notAfter
        self.keyFingerprint = keyFingerprint
    }

    init(leaf: Certificate) throws(PeerRefusal) {
        self.init(
            id: try LeafNames.device(leaf),
            serial: SerialNumber.normalised(leaf.serialNumber.bytes),
            notAfter: leaf.notValidAfter,
            keyFingerprint: Fingerprint.of(leaf.publicKey)
        )
    }
}

/// Decides whether a peer is a device of this operator, and which.
package struct DeviceVerifier: Sendable {
    private let anchors: TrustAnchors
    private let revocations: [RevocationList]

    /// - Parameters:
    ///   - anchors: The roots that devices must lead to.
    ///   - revocations: Device certificates that were taken back; lists of other issuers are of no effect.
    package init(anchors: TrustAnchors, revocations: [RevocationList]) {
        self.anchors = anchors
        self.revocations = revocations
    }

    /// Checks a chain of DER certificates, leaf first.
    package func verify(chain: [[UInt8]], at now: Date) throws(PeerRefusal) -> DeviceIdentity {
        let chain = try CertificateChain(chain, anchors: anchors, at: now)
        try chain.check(purpose: .device, at: now)
        let identity = try DeviceIdentity(leaf: chain.leaf.certificate)
        guard !revocations.contains(where: { $0.revokes(chain.leaf, issuedBy: chain.authority) }) else {
            throw .revoked
        }
        return identity
    }

    /// Whether a device that was let in earlier must go now.
    ///
    /// Goes by the serial number alone, which is random and 128 bits long: the chain is no longer at hand.
    package func isRevoked(_ identity: DeviceIdentity) -> Bool {
        revocations.contains { $0.contains(serial: identity.serial) }
    }
}
