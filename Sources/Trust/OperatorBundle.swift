package import FoundationEssentials
import X509

/// What an operator bakes into its agents: the roots to trust and the edges to dial.
///
/// JSON, at most 64 KiB, as `ca-tools` writes it.
package struct OperatorBundle: Sendable {
    /// The largest bundle that is read, in bytes.
    package static let limit = 64 * 1024

    /// The domain that edges carry in their certificates.
    package let domain: String
    /// Where edges are, `host:port`.
    package let edges: [String]
    /// When it was written, as the operator's machine saw it (RFC 3339); for people.
    package let created: String
    /// The CAs that issue for devices, DER; for checking revocation lists when they are loaded.
    package let deviceIssuers: [[UInt8]]
    /// Edge certificates that were taken back before the agent was built.
    package let edgeRevocations: RevocationList?
    private let isMarkedAsSample: Bool
    private let roots: [PeerCertificate]

    /// Reads a bundle, without deciding whether it may be used.
    package static func decode(_ bytes: [UInt8]) throws(BundleRefusal) -> OperatorBundle {
        guard !bytes.isEmpty else { throw .missing }
        guard bytes.count <= limit else { throw .unreadable("it is larger than 64 KiB") }
        let document: Document
        do {
            document = try JSONDecoder().decode(Document.self, from: Data(bytes))
        } catch {
            throw .unreadable("it is not the JSON that ca-tools writes")
        }
        guard document.version == 1 else { throw .unreadable("its version is \(document.version), not 1") }
        return try OperatorBundle(document)
    }

    private init(_ document: Document) throws(BundleRefusal) {
        guard DomainName.isPlain(document.domain) else { throw .unreadable("its domain is not a domain name") }
        guard document.edges.count <= 16, document.edges.allSatisfy(Self.isAddress) else {
            throw .unreadable("its edges are not up to 16 of host:port")
        }
        guard (1...TrustAnchors.limit).contains(document.roots.count) else {
            throw .unreadable("it has \(document.roots.count) roots, not 1 to \(TrustAnchors.limit)")
        }
        let issuers = document.deviceIssuers ?? []
        guard issuers.count <= 8 else { throw .unreadable("it has more than 8 issuing CAs") }
        domain = document.domain
        edges = document.edges
        created = document.created
        isMarkedAsSample = document.sample
        deviceIssuers = try Self.read(issuers, "issuing CA").map(\.der)
        roots = try Self.read(document.roots, "root")
        guard roots.allSatisfy(Self.isRoot) else { throw .unreadable("a root in it is not a root CA of ours") }
        edgeRevocations = try Self.read(document.edgeRevocations)
    }

    private static func read(_ certificates: [String], _ kind: String) throws(BundleRefusal) -> [PeerCertificate] {
        do {
            return try certificates.map { try PeerCertificate(der: try PEM.certificate($0)) }
        } catch {
            throw .unreadable("one \(kind) in it is not a certificate")
        }
    }

    private static func read(_ list: String?) throws(BundleRefusal) -> RevocationList? {
        guard let list else { return nil }
        do {
            return try RevocationList(Array(list.utf8))
        } catch {
            throw .unreadable("its edge_crl is not a revocation list")
        }
    }

    private static func isRoot(_ root: PeerCertificate) -> Bool {
        do {
            try Profile.checkCommon(root.certificate)
            try Profile.checkAuthority(root.certificate, authoritiesBelow: 1)
        } catch {
            return false
        }
        return root.isSigned(by: root)
    }

    /// A name or address, a colon and a port.
    private static func isAddress(_ text: String) -> Bool {
        guard text.utf8.count <= 260, let colon = text.lastIndex(of: ":"), colon > text.startIndex,
            let port = UInt16(text[text.index(after: colon)...])
        else { return false }
        // The standard library takes a sign as well.
        return port > 0 && text.utf8[colon...].dropFirst().allSatisfy { (0x30...0x39).contains($0) }
    }

    /// The roots that are valid now; a bundle that must not be used has none to give.
    package func anchors(at now: Date) throws(BundleRefusal) -> TrustAnchors {
        guard !isSample else { throw .sample }
        let current = roots.filter { now <= $0.certificate.notValidAfter }
        guard !current.isEmpty else { throw .expired(roots.map(\.certificate.notValidAfter).max() ?? now) }
        let begun = current.filter { $0.certificate.notValidBefore <= now }
        guard !begun.isEmpty else { throw .notYetValid }
        return TrustAnchors(roots: begun)
    }

    /// Whether it is for trying a build and must never be trusted: marked so, or by the subject of a root.
    package var isSample: Bool {
        isMarkedAsSample
            || roots.contains { root in
                root.certificate.subject.description.split { !$0.isLetter }.contains {
                    $0 == "SAMPLE" || $0 == "Sample"
                }
            }
    }

    /// What a person needs to recognise the roots, expired ones included.
    package var rootSummaries: [RootSummary] {
        roots.map {
            RootSummary(
                subject: $0.certificate.subject.description,
                fingerprint: $0.fingerprint,
                notBefore: $0.certificate.notValidBefore,
                notAfter: $0.certificate.notValidAfter
            )
        }
    }
}

/// The JSON of a bundle, by its own names.
private struct Document: Decodable {
    let version: Int
    let domain: String
    let edges: [String]
    let created: String
    let sample: Bool
    let roots: [String]
    let deviceIssuers: [String]?
    let edgeRevocations: String?

    enum CodingKeys: String, CodingKey {
        case version, domain, edges, created, sample, roots
        case deviceIssuers = "device_issuers"
        case edgeRevocations = "edge_crl"
    }
}

/// One root of a bundle, for people.
package struct RootSummary: Sendable, Equatable, Codable {
    package let subject: String
    /// SHA-256, lower-case hexadecimal.
    package let fingerprint: String
    package let notBefore: Date
    package let notAfter: Date
}
