package import Cryptography
import FoundationEssentials

extension AuthorityFolder {
    /// The log, damaged or not; absent counts as empty.
    ///
    /// Lines that the memory knows are not checked again.
    func readLog(_ memory: LogMemory = LogMemory()) throws -> IssuanceLog {
        guard DurableFile.mode(log) != nil else { return IssuanceLog([]) }
        return try at(log) { try memory.read(DurableFile.read(log, limit: Self.logLimit)) }
    }

    /// The log's signed head; nil when it is absent or unreadable.
    func readHead() throws -> LogHead? {
        guard DurableFile.mode(logHead) != nil else { return nil }
        return try LogHead.read(try at(logHead) { try DurableFile.read(logHead, limit: Self.fileLimit) })
    }

    /// Every certificate of a PEM file.
    package func certificates(_ path: String) throws -> [X509Certificate] {
        try at(path) { try X509Certificate.chain(pem: DurableFile.read(path, limit: Self.fileLimit)) }
    }

    /// The first certificate of a PEM file.
    package func certificate(_ path: String) throws -> X509Certificate {
        try at(path) { try X509Certificate(pem: DurableFile.read(path, limit: Self.fileLimit)) }
    }

    /// An issuing CA, ready to sign.
    func loadIssuer(_ role: IssuerRole, _ generation: Generation = .current) throws -> X509Certificate.Issuer {
        let path = issuerKey(role, generation)
        let certificate = try certificate(issuer(role, generation))
        return try at(path) {
            let key = try EVPKey(pem: DurableFile.read(path, limit: Self.fileLimit))
            return try X509Certificate.Issuer(certificate: certificate, key: key)
        }
    }

    /// The generations that exist now.
    package var generations: [Generation] {
        Generation.allCases.filter { DurableFile.mode(root($0)) != nil }
    }

    /// The CAs of one role in every generation, the current one first.
    func issuers(_ role: IssuerRole) throws -> [X509Certificate] {
        try Generation.allCases.filter { DurableFile.mode(issuer(role, $0)) != nil }
            .map { try certificate(issuer(role, $0)) }
    }

    /// Every device CA that may have signed a head, retired ones included.
    func deviceIssuers() throws -> [X509Certificate] {
        let retired = try entries(of: retired).map { "\(self.retired)/\($0)/device-ca/device-ca.pem" }
        return try issuers(.device) + retired.filter { DurableFile.mode($0) != nil }.map { try certificate($0) }
    }

    /// What the log calls revoked and the lists do not carry, as after a kill between the two.
    func unlistedRevocations(in log: IssuanceLog) throws -> [String] {
        let revocations = log.revocations
        guard !revocations.isEmpty else { return [] }
        var listed: Set<String> = []
        var living: Set<String> = []
        for role in IssuerRole.allCases {
            // A list that cannot be read carries nothing, and the next signing replaces it.
            do { listed.formUnion(try serials(on: revocationLists(role))) } catch {}
            living.formUnion(try issuers(role).map { try $0.fingerprint() })
        }
        return revocations.filter { living.contains($0.value.issuer ?? "") }.map(\.key).filter { !listed.contains($0) }
            .sorted()
    }

    private func serials(on path: String) throws -> [String] {
        try at(path) {
            try RevocationList.lists(pem: read(path)).flatMap { try $0.serials() }.map(\.description)
        }
    }

    /// The names in a folder, sorted; an absent folder has none.
    func entries(of path: String) throws -> [String] {
        guard DurableFile.mode(path) != nil else { return [] }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        } catch {
            throw AuthorityError(.unreadable, "\(path): cannot be listed", next: "run as the owner of the folder")
        }
    }

    /// Every leaf in the folder, archived ones included: its path, and whether it stands in its first place.
    func leaves() throws -> [(path: String, isCurrent: Bool)] {
        var leaves: [(String, Bool)] = []
        for edge in try entries(of: edges) {
            leaves += try entries(of: "\(edges)/\(edge)").filter { $0.hasSuffix(".pem") }.map {
                ("\(edges)/\(edge)/\($0)", true)
            }
            leaves += try entries(of: "\(edges)/\(edge)/past").map { ("\(edges)/\(edge)/past/\($0)", false) }
        }
        leaves += try entries(of: devices).filter { $0.hasSuffix(".pem") }.map { ("\(devices)/\($0)", true) }
        leaves += try entries(of: "\(devices)/past").map { ("\(devices)/past/\($0)", false) }
        return leaves.filter { !$0.0.hasSuffix(DurableFile.strayEnding) }
    }

    /// Removes what killed commands left: hidden files with the ending of a write that never took its place.
    func sweepStrays() {
        let names: [String]
        do { names = try FileManager.default.subpathsOfDirectory(atPath: path) } catch { return }
        for name in names {
            let last = name.split(separator: "/").last ?? ""
            guard last.hasPrefix("."), last.hasSuffix(DurableFile.strayEnding) else { continue }
            // Best effort: a stray neighbour is harmless, and the next command tries again.
            do { try FileManager.default.removeItem(atPath: "\(path)/\(name)") } catch {}
        }
    }
}
