import Cryptography

/// What an audit found; nothing is changed by making one.
package struct AuditReport: Sendable, Codable, Equatable {
    /// One thing that should not be, and where.
    package struct Finding: Sendable, Codable, Equatable {
        /// A path, with `:LINE` behind it when a line of the log is meant.
        package let place: String
        package let problem: String
    }

    /// How many entries of the log could be read.
    package let entries: Int
    /// How many certificates were compared with the log.
    package let certificates: Int
    /// What must be explained before anything is issued again.
    package let findings: [Finding]
    /// Traces of a killed command, which the next command that changes something tidies away.
    package let notes: [Finding]

    /// Whether the log is whole and every certificate is in it.
    package var isClean: Bool { findings.isEmpty }
}

/// Compares the issuance log with itself, with its signed head, and with the certificates that lie in the folder.
package struct Audit {
    private let folder: AuthorityFolder
    private var findings: [AuditReport.Finding] = []
    private var notes: [AuditReport.Finding] = []

    private init(_ folder: AuthorityFolder) { self.folder = folder }

    /// Audits without the lock, so that a copy on a read-only medium will do.
    package static func run(_ folder: AuthorityFolder) throws -> AuditReport {
        try Authority.requireAuthority(folder)
        var audit = Audit(folder)
        let log = try folder.readLog()
        try audit.judge(log)
        let leaves = try audit.compareLeaves(with: log)
        let authorities = try audit.compareAuthorities(with: log)
        return AuditReport(
            entries: log.entries.count,
            certificates: leaves + authorities,
            findings: audit.findings,
            notes: audit.notes
        )
    }

    private mutating func judge(_ log: IssuanceLog) throws {
        if log.entries.isEmpty, log.damages.isEmpty { find(folder.log, "the issuance log is missing or empty") }
        for damage in log.damages {
            find(damage.line.map { "\(folder.log):\($0)" } ?? folder.log, damage.problem)
        }
        if log.tornBytes > 0 {
            note(folder.log, "\(log.tornBytes) bytes at the end belong to a write that never finished")
        }
        switch try log.standing(of: folder.readHead(), issuers: folder.deviceIssuers()) {
        case .agrees: break
        case .behind(let count) where count <= Authority.mostEntriesAWrite:
            note(folder.logHead, "signed \(count) entries before the end of the log: a command was killed in between")
        case .behind(let count): find(folder.logHead, "the log goes on for \(count) entries behind its signed head")
        case .contradicts(let problem): find(folder.logHead, problem)
        }
    }

    private mutating func compareLeaves(with log: IssuanceLog) throws -> Int {
        let byFingerprint = Dictionary(
            log.entries.compactMap { entry in
                entry.event == .revoked ? nil : entry.sha256.map { ($0, entry) }
            },
            uniquingKeysWith: { first, _ in first }
        )
        let leaves = try folder.leaves()
        for (path, _) in leaves {
            guard let leaf = readOrFind(path) else { continue }
            guard let entry = byFingerprint[try leaf.fingerprint()] else {
                find(path, "this certificate is not in the issuance log")
                continue
            }
            let names = try leaf.alternativeNames()
            let isNamed = names == [.uri(entry.subject)] || names == [.host(entry.subject)]
            if !isNamed { find(path, "the log says that this certificate names \(entry.subject), and it does not") }
        }
        return leaves.count
    }

    private mutating func compareAuthorities(with log: IssuanceLog) throws -> Int {
        let issued = Set(log.entries.compactMap(\.sha256))
        let retired = try folder.entries(of: folder.retired).map { "\(folder.retired)/\($0)" }
        let isBetweenStages = folder.isBetweenStages
        if isBetweenStages { note(folder.base(.next), "a command was killed within \"rotate switch\"") }
        let generations = isBetweenStages ? AuthorityFolder.Generation.allCases : folder.generations
        let bases = generations.map(folder.base) + retired
        let paths = bases.flatMap { base in
            AuthorityFolder.generationParts.map { "\(base)/\($0)/\($0).pem" }
        }.filter { !isBetweenStages || DurableFile.mode($0) != nil }
        for path in paths {
            guard let authority = readOrFind(path), !issued.contains(try authority.fingerprint()) else { continue }
            find(path, "this CA is not in the issuance log")
        }
        return paths.count
    }

    private mutating func readOrFind(_ path: String) -> X509Certificate? {
        do {
            return try folder.certificate(path)
        } catch {
            find(path, "cannot be read: \(error)")
            return nil
        }
    }

    private mutating func find(_ place: String, _ problem: String) {
        findings.append(AuditReport.Finding(place: place, problem: problem))
    }

    private mutating func note(_ place: String, _ problem: String) {
        notes.append(AuditReport.Finding(place: place, problem: problem))
    }
}
