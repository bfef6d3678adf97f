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
    /// The same of the root that vouches for the device; nil for a device that looks at itself.
    package let rootKeyFingerprint: String?

    /// What `leaf` says; `root` is where its chain has been followed to.
    init(leaf: Certificate, root: PeerCertificate? = nil) throws(PeerRefusal) {
        id = try LeafNames.device(leaf)
        serial = SerialNumber.normalised(leaf.serialNumber.bytes)
        notAfter = leaf.notValidAfter
        keyFingerprint = Fingerprint.of(leaf.publicKey)
        rootKeyFingerprint = root?.keyFingerprint
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
        let identity = try DeviceIdentity(leaf: chain.leaf.certificate, root: chain.root)
        guard !revocations.contains(where: { $0.revokes(chain.leaf, issuedBy: chain.authority) }) else {
            throw .revoked
        }
        return identity
    }

    /// Why a device that was let in earlier must go now: `revoked`, or `unknownIssuer` when its root is not trusted any
    /// more; nil when it may stay.
    ///
    /// Goes by the serial number alone, which is random and 128 bits long: the chain is no longer at hand. A root that was
    /// renewed with its key is the same root.
    package func shutsOut(_ identity: DeviceIdentity) -> PeerRefusal? {
        if revocations.contains(where: { $0.contains(serial: identity.serial) }) { return .revoked }
        guard let root = identity.rootKeyFingerprint else { return nil }
        return anchors.roots.contains { $0.keyFingerprint == root } ? nil : .unknownIssuer
    }
}
