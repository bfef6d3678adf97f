package import FoundationEssentials
import X509

/// Which edge a certificate is for.
package struct EdgeIdentity: Sendable, Equatable {
    /// The DNS names of the certificate, lower-case.
    package let names: [String]
    package let notAfter: Date
    /// SHA-256 of the certificate, in hexadecimal.
    package let fingerprint: String
    /// SHA-256 of the root that it leads to, in hexadecimal: tells which CA of a rotation is in use.
    package let rootFingerprint: String
}

/// Decides whether a peer is the edge that an agent dialled.
package struct EdgeVerifier: Sendable {
    private let anchors: TrustAnchors
    private let revocations: [RevocationList]

    /// - Parameters:
    ///   - anchors: The roots that are baked into the agent.
    ///   - revocations: Edge certificates that were taken back; lists of other issuers are of no effect.
    package init(anchors: TrustAnchors, revocations: [RevocationList] = []) {
        self.anchors = anchors
        self.revocations = revocations
    }

    /// Checks a chain of DER certificates, leaf first, for the name that was dialled.
    package func verify(
        chain: [[UInt8]],
        serverName: String,
        at now: Date
    ) throws(PeerRefusal) -> EdgeIdentity {
        let chain = try CertificateChain(chain, anchors: anchors, at: now)
        try chain.check(purpose: .edge, at: now)
        let names = try LeafNames.edge(chain.leaf.certificate)
        guard names.contains(DomainName.normalised(serverName)) else { throw .wrongName }
        guard !revocations.contains(where: { $0.revokes(chain.leaf, issuedBy: chain.authority) }) else {
            throw .revoked
        }
        return EdgeIdentity(
            names: names,
            notAfter: chain.leaf.certificate.notValidAfter,
            fingerprint: chain.leaf.fingerprint,
            rootFingerprint: chain.root.fingerprint
        )
    }
}
