import FoundationEssentials
import X509

/// A leaf and its issuing CA that lead to a root of the operator.
///
/// The path has one shape: leaf, issuing CA, root. Each step is checked by itself, so that a refusal has a name. The
/// signatures come first: whoever does not lead to a root learns nothing about the rest, and no key out of the chain
/// is computed with before the root has vouched for it.
struct CertificateChain {
    /// The most certificates that a peer may show.
    static let limit = 4

    let leaf: PeerCertificate
    let authority: PeerCertificate
    let root: PeerCertificate

    /// What a chain must have been issued for.
    enum Purpose {
        case edge, device

        var usage: ExtendedKeyUsage.Usage {
            switch self {
            case .edge: .serverAuth
            case .device: .clientAuth
            }
        }
    }

    /// Follows the signatures from the leaf, which comes first, to one of the roots.
    ///
    /// What follows the issuing CA is passed over: a root is not trusted for being sent.
    /// A root that was renewed with its key counts by its valid certificate, should the expired one still be about.
    init(_ presented: [[UInt8]], anchors: TrustAnchors, at now: Date) throws(PeerRefusal) {
        guard !presented.isEmpty else { throw .noCertificate }
        guard (2...Self.limit).contains(presented.count) else { throw .wrongChainLength }
        let leaf = try PeerCertificate(der: presented[0])
        let authority = try PeerCertificate(der: presented[1])
        let roots = anchors.roots.filter { $0.isValid(at: now) } + anchors.roots.filter { !$0.isValid(at: now) }
        guard let root = roots.first(where: authority.isSigned), leaf.isSigned(by: authority) else {
            throw .unknownIssuer
        }
        self.leaf = leaf
        self.authority = authority
        self.root = root
    }

    /// Checks everything but the names of the leaf and its revocation.
    func check(purpose: Purpose, at now: Date) throws(PeerRefusal) {
        try checkValidity(at: now)
        do {
            for member in [leaf, authority, root] { try Profile.checkCommon(member.certificate) }
            try Profile.checkLeaf(leaf.certificate, usage: purpose.usage)
            try Profile.checkAuthority(authority.certificate, authoritiesBelow: 0)
            try Profile.checkAuthority(root.certificate, authoritiesBelow: 1)
            try Profile.checkUsage(authority.certificate, purpose.usage)
            try Profile.checkRootUsage(root.certificate, purpose.usage)
            try Profile.checkKeyIdentifiers(leaf.certificate, issuedBy: authority.certificate)
            try Profile.checkKeyIdentifiers(authority.certificate, issuedBy: root.certificate)
            try checkNames()
        } catch let refusal as PeerRefusal {
            throw refusal
        } catch {
            // An extension that cannot be read could say anything.
            throw .constraintViolated
        }
    }

    /// All three must be valid, from the root down: an expired root ends everything below it.
    private func checkValidity(at now: Date) throws(PeerRefusal) {
        for member in [root, authority, leaf] {
            guard now >= member.certificate.notValidBefore else { throw .notYetValid }
            guard now <= member.certificate.notValidAfter else { throw .expired }
        }
    }

    private func checkNames() throws {
        for member in [authority, root] {
            guard try NameRules(member.certificate).allow(leaf.certificate) else {
                throw PeerRefusal.constraintViolated
            }
        }
    }
}
