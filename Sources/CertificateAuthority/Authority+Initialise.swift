package import Cryptography
package import FoundationEssentials
package import Settings

/// What `init` is to make.
package struct NewAuthority: Sendable {
    /// The shortest passphrase that is taken.
    package static let shortestPassphrase = 8

    package var domain: DomainName
    /// The edge that gets the first certificate; nil for one that bears the domain itself.
    package var firstEdge: DomainName?
    /// Empty stands for the domain itself on port 8443.
    package var edges: [EdgeAddress]
    package var isSample: Bool
    /// Puts the root's key and its passphrase into a folder of their own, to be carried away as it is.
    package var hasOfflineFolder = false
    /// Lower than the standard only in tests.
    package var cost: KeyDerivationCost
    package var now: @Sendable () -> Date

    /// The parts as given, the cost the standard one.
    package init(
        domain: DomainName,
        edges: [EdgeAddress] = [],
        isSample: Bool = false,
        cost: KeyDerivationCost = .standard,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.domain = domain
        self.edges = edges
        self.isSample = isSample
        self.cost = cost
        self.now = now
    }

    /// Makes the CA with its first edge, in one step: a killed process leaves a hidden neighbour of the folder and
    /// nothing else.
    package func create(in folder: AuthorityFolder, passphrase: Secret) throws {
        try requireStrong(passphrase)
        if DurableFile.mode(folder.path) != nil {
            guard try folder.entries(of: folder.path).isEmpty else {
                throw AuthorityError(
                    .exists,
                    "\(folder.path) is there already and is not empty",
                    next: "choose another folder with --out; nothing is ever overwritten"
                )
            }
        }
        let name = folder.path.split(separator: "/").last ?? "operator-ca"
        let parent = folder.path.dropLast(name.count)
        let draft = AuthorityFolder("\(parent).\(name).\(UUID().uuidString.prefix(8))\(DurableFile.strayEnding)")
        do {
            try fill(draft, passphrase: passphrase)
            try at(folder.path) { try DurableFile.move(draft.path, to: folder.path) }
        } catch {
            try FileManager.default.removeItem(atPath: draft.path)
            throw error
        }
    }

    private func fill(_ folder: AuthorityFolder, passphrase: Secret) throws {
        try at(folder.path) {
            try DurableFile.makeFolder(folder.path)
            if hasOfflineFolder { try DurableFile.makeFolder(folder.offline) }
            for part in AuthorityFolder.otherParts { try DurableFile.makeFolder("\(folder.path)/\(part)") }
        }
        let profile = Profile(domain: domain, isSample: isSample, now: now())
        let (contents, root, deviceIssuer) = try GenerationMaker(profile: profile, cost: cost)
            .make(in: folder.path, passphrase: passphrase)
        if hasOfflineFolder { try moveOffline(folder, passphrase) }
        let addresses = edges.isEmpty ? [try EdgeAddress("\(domain):8443", domain: domain)] : edges
        let bundle = BundleDocument(
            domain: domain.description,
            edges: addresses.map(\.description),
            created: now().rfc3339,
            sample: isSample,
            roots: [root],
            deviceIssuers: [deviceIssuer]
        )
        try at(folder.bundle) { try DurableFile.create(folder.bundle, bundle.encoded()) }
        var authority = try Authority.open(folder, now: now)
        try authority.record(contents)
        _ = try authority.issueEdge(firstEdge ?? domain, renew: false)
        try authority.signLists()
    }

    private func moveOffline(_ folder: AuthorityFolder, _ passphrase: Secret) throws {
        try at(folder.offline) {
            try DurableFile.move(folder.rootKey(), to: "\(folder.offline)/root.key")
            try passphrase.withBytes {
                try DurableFile.create("\(folder.offline)/passphrase", copy $0 + [UInt8(ascii: "\n")])
            }
        }
    }
}

/// Throws for a passphrase that is too short to protect a root key.
func requireStrong(_ passphrase: Secret) throws {
    guard passphrase.count >= NewAuthority.shortestPassphrase else {
        throw AuthorityError(
            .passphrase,
            "a passphrase of \(passphrase.count) bytes is too short for a root key",
            next: "choose one of at least \(NewAuthority.shortestPassphrase), better six random words"
        )
    }
}
