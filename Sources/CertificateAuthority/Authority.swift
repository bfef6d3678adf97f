import Cryptography
package import FoundationEssentials

/// An operator's CA, held open for changes by this process alone.
///
/// Every change goes to the issuance log first and to the folders afterwards, so that a killed process can leave an
/// entry without its
/// certificate but never a certificate without its entry.
package struct Authority: ~Copyable {
    package let folder: AuthorityFolder
    let now: @Sendable () -> Date
    var log: IssuanceLog
    var bundle: BundleDocument
    private let lock: FolderLock

    /// How long a command waits for another one.
    package static let patience: Duration = .seconds(15)

    /// Opens a folder, finishes what a killed command left half done, and refuses to go on when the log was tampered
    /// with.
    package static func open(
        _ folder: AuthorityFolder,
        patience: Duration = Self.patience,
        memory: LogMemory = LogMemory(),
        now: @escaping @Sendable () -> Date = { Date() }
    ) throws -> Authority {
        try requireAuthority(folder)
        let lock = try at(folder.lock) { try FolderLock.take(folder.lock, patience: patience) }
        let bytes = try at(folder.bundle) { try DurableFile.read(folder.bundle, limit: AuthorityFolder.fileLimit) }
        var authority = Authority(
            folder: folder,
            now: now,
            log: try folder.readLog(memory),
            bundle: try BundleDocument.read(bytes, path: folder.bundle),
            lock: lock
        )
        try authority.recover()
        return authority
    }

    /// Throws unless the folder looks like one that `init` made.
    static func requireAuthority(_ folder: AuthorityFolder) throws {
        // Not the root: a command killed within `rotate switch` may have left it between two places.
        guard DurableFile.mode(folder.bundle) != nil, DurableFile.mode("\(folder.path)/log") != nil else {
            throw AuthorityError(
                .notAnAuthority,
                "\(folder.path) is not the folder of an operator's CA",
                next: "give the folder with --ca, or make a CA with \"ca-tools init\""
            )
        }
    }

    private init(
        folder: AuthorityFolder,
        now: @escaping @Sendable () -> Date,
        log: IssuanceLog,
        bundle: BundleDocument,
        lock: consuming FolderLock
    ) {
        self.folder = folder
        self.now = now
        self.log = log
        self.bundle = bundle
        self.lock = lock
    }

    /// The profile for certificates issued now.
    func profile() throws -> Profile {
        Profile(domain: try DomainName(bundle.domain), isSample: bundle.sample, now: now())
    }

    /// Writes entries to the log and signs its new end.
    mutating func record(_ contents: [LogEntry.Content]) throws {
        var lines: [UInt8] = []
        for content in contents {
            lines += try log.append(content, time: now()).canonicalForm() + [UInt8(ascii: "\n")]
        }
        try at(folder.log) { try DurableFile.append(lines, to: folder.log) }
        try signHead()
    }

    private func signHead() throws {
        guard let last = log.entries.last, let hash = last.hash else { return }
        let issuer = try folder.loadIssuer(.device)
        let head = try at(folder.logHead) {
            try LogHead.sign(seq: last.seq, hash: hash, time: now().rfc3339, by: issuer)
        }
        try at(folder.logHead) { try DurableFile.replace(folder.logHead, head.encoded()) }
    }

    private mutating func recover() throws {
        folder.sweepStrays()
        let hadMoved = try finishSwitch()
        if let damage = log.damages.first {
            let line = damage.line.map { "line \($0) of the issuance log " } ?? ""
            throw AuthorityError(.damagedLog, line + damage.problem, next: Authority.auditFirst)
        }
        let head = try folder.readHead()
        switch try log.standing(of: head, issuers: folder.deviceIssuers()) {
        case .agrees: break
        case .behind(let count):
            guard count <= Authority.mostEntriesAWrite else {
                throw AuthorityError(
                    .damagedLog,
                    "the issuance log goes on for \(count) entries behind its signed head",
                    next: Authority.auditFirst
                )
            }
            try signHead()
        case .contradicts(let problem):
            throw AuthorityError(.damagedLog, problem, next: Authority.auditFirst)
        }
        if log.tornBytes > 0 {
            try at(folder.log) { try DurableFile.truncate(folder.log, to: log.wholeBytes) }
        }
        let isIncomplete = try !folder.unlistedRevocations(in: log).isEmpty
        if hadMoved || isIncomplete { try publish() }
    }

    /// What a killed command leaves behind the signed head at most: the entries of one write, as of `rotate begin`.
    static let mostEntriesAWrite = 4

    private static let auditFirst =
        "run \"ca-tools audit\" and find out who changed the folder before you issue anything"
}
