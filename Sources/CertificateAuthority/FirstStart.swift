package import Cryptography
import FoundationEssentials
import Settings

/// How a service that is started for the first time comes to its CA, without anybody to type a passphrase.
package struct FirstStart: Sendable {
    /// What was found or done.
    package enum Outcome: Equatable, Sendable {
        /// A CA was made.
        case made(rootSHA256: String)
        /// There was one, for the same domain.
        case found
        /// There was one, whose bundle lacks an edge that was asked for; these are its edges.
        case foundWithOtherEdges([String])
    }

    /// Random bytes of the passphrase: as strong as the key that it protects.
    private static let passphraseBytes = 24

    private let domain: DomainName
    private let edges: [EdgeAddress]
    /// Lower than the standard only in tests.
    package var cost = KeyDerivationCost.standard

    /// The domain and the edges of a new CA, as `ca-tools init` takes them.
    package init(domain: DomainName, edges: [EdgeAddress]) {
        self.domain = domain
        self.edges = edges
    }

    /// Makes the CA if the folder is empty or absent.
    ///
    /// The root's key and a random passphrase are put into `offline`; the first edge is called like the host of the first
    /// address, or else like the domain.
    package func prepare(_ folder: AuthorityFolder) throws -> Outcome {
        if folder.holdsAuthority { return try compare(folder) }
        let passphrase = try at(folder.offline) {
            Secret(Array(try Digest.random(count: Self.passphraseBytes).hexadecimal.utf8))
        }
        var plan = NewAuthority(domain: domain, edges: edges, cost: cost)
        plan.hasOfflineFolder = true
        plan.firstEdge = edges.first?.name
        try plan.create(in: folder, passphrase: passphrase)
        return .made(rootSHA256: try folder.rootFingerprint())
    }

    private func compare(_ folder: AuthorityFolder) throws -> Outcome {
        let bundle = try BundleDocument.read(folder.read(folder.bundle), path: folder.bundle)
        guard bundle.domain == domain.description else {
            throw AuthorityError(
                .invalidInput,
                "\(folder.path) is the CA of \(bundle.domain), not of \(domain)",
                next: "name the domain that the CA was made for, or another folder with --ca"
            )
        }
        let isKnown = edges.allSatisfy { bundle.edges.contains($0.description) }
        return isKnown ? .found : .foundWithOtherEdges(bundle.edges)
    }
}
