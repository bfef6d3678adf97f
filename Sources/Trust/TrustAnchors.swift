/// The roots of one operator: everything that an agent or an edge trusts.
package struct TrustAnchors: Sendable, Equatable {
    /// The most roots that are trusted at once: two in a rotation, and room for a merger of operators.
    package static let limit = 4

    let roots: [PeerCertificate]

    init(roots: [PeerCertificate]) { self.roots = roots }

    /// SHA-256 over the DER of each root, in lower-case hexadecimal.
    package var fingerprints: [String] { roots.map(\.fingerprint) }
}
