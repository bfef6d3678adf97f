import Cryptography
package import FoundationEssentials

/// The verdict of OpenSSL, at its strictest, on everything in an operator's folder.
package struct VerificationReport: Sendable, Codable, Equatable {
    /// One file and what is to be said about it.
    package struct Check: Sendable, Codable, Equatable {
        package let path: String
        /// Nil when all is well.
        package let problem: String?
        /// What is no failure but wants doing, such as a renewal.
        package let advice: String?
    }

    package let checks: [Check]

    /// Whether nothing failed.
    package var isGood: Bool { checks.allSatisfy { $0.problem == nil } }
}

/// Checks keys, modes, chains, lists and the bundle of a folder, without a passphrase and without changing anything.
package struct Verification {
    private let folder: AuthorityFolder
    private let now: Date

    private init(_ folder: AuthorityFolder, now: Date) {
        self.folder = folder
        self.now = now
    }

    /// Judges the folder for the moment `now`.
    ///
    /// Leaves in `past` folders are not judged.
    package static func run(_ folder: AuthorityFolder, now: Date = Date()) throws -> VerificationReport {
        try Authority.requireAuthority(folder)
        let verification = Verification(folder, now: now)
        let authorities = folder.generations.flatMap { verification.checkAuthorities(of: $0) }
        let lists = IssuerRole.allCases.map { verification.checkLists($0) }
        let leaves = try verification.checkLeaves()
        let rest = verification.checkOffline() + [verification.checkRevocations(), verification.checkBundle()]
        return VerificationReport(checks: authorities + leaves + lists + rest)
    }

    private func checkAuthorities(of generation: AuthorityFolder.Generation) -> [VerificationReport.Check] {
        let rootKey = folder.rootKey(generation)
        let key = check(rootKey, advice: "it is still here: move it offline") {
            try requirePrivate(rootKey)
            guard EVPKey.isEncrypted(pem: try folder.read(rootKey)) else { throw Refusal.sentence("is not encrypted") }
        }
        let root = check(folder.root(generation)) { try requireInDate(folder.certificate(folder.root(generation))) }
        let issuers = IssuerRole.allCases.map { role in
            let path = folder.issuer(role, generation)
            return check(path) {
                let issuer = try folder.certificate(path)
                try requireInDate(issuer)
                guard try issuer.isSigned(by: folder.certificate(folder.root(generation))) else {
                    throw Refusal.sentence("is not signed by the root beside it")
                }
                try requirePrivate(folder.issuerKey(role, generation))
                _ = try folder.loadIssuer(role, generation)
            }
        }
        return (DurableFile.mode(rootKey) == nil ? [] : [key]) + [root] + issuers
    }

    /// What `serve --init` has left to be carried away.
    private func checkOffline() -> [VerificationReport.Check] {
        guard DurableFile.mode(folder.offline) != nil else { return [] }
        return [
            check(folder.offline, advice: "the root's key and its passphrase are still here: take them offline") {
                guard (DurableFile.mode(folder.offline) ?? 0) & 0o077 == 0 else {
                    throw Refusal.sentence("can be entered by others: run \"chmod 700\"")
                }
            }
        ]
    }

    private func checkLeaves() throws -> [VerificationReport.Check] {
        let revoked = Set(try folder.readLog().revocations.keys)
        return try folder.leaves().filter(\.isCurrent).map { path, _ in
            let isDevice = path.hasPrefix("\(folder.devices)/")
            if let ending = ending(of: path, isDevice: isDevice, revoked: revoked) {
                return VerificationReport.Check(path: path, problem: nil, advice: ending)
            }
            let remaining = try remainingLife(path)
            let advice = remaining.map { $0 < 1.0 / 3 ? "less than a third of its life is left: renew it" : nil } ?? nil
            return check(path, advice: advice) {
                let chain = try folder.certificates(path)
                var verdict = PathCheck(roots: try roots(), purpose: isDevice ? .client : .server, date: now)
                verdict.revocationLists = try RevocationList.lists(
                    pem: folder.read(folder.revocationLists(isDevice ? .device : .edge))
                )
                try verdict.verify(chain[0], through: Array(chain.dropFirst()))
                if !isDevice { try requireOwnKey(chain[0], beside: path) }
            }
        }
    }

    /// Why nobody expects this leaf to be accepted any more; nil for one that should be, or that cannot be read.
    ///
    /// An edge that has expired is no such case: agents are waiting for it.
    private func ending(of path: String, isDevice: Bool, revoked: Set<String>) -> String? {
        do {
            let leaf = try folder.certificate(path)
            if revoked.contains(try leaf.serial().description) { return "revoked" }
            return try isDevice && leaf.notAfter() < now ? "expired: the device renews it, or is gone" : nil
        } catch {
            return nil
        }
    }

    private func requireOwnKey(_ leaf: X509Certificate, beside path: String) throws {
        let keyPath = path.replacingEnding("edge.pem", by: "edge.key")
        try requirePrivate(keyPath)
        _ = try X509Certificate.Issuer(certificate: leaf, key: EVPKey(pem: folder.read(keyPath)))
    }

    private func checkLists(_ role: IssuerRole) -> VerificationReport.Check {
        let path = folder.revocationLists(role)
        return check(path) {
            let issuers = try folder.issuers(role)
            for list in try RevocationList.lists(pem: folder.read(path)) {
                guard try issuers.contains(where: { try list.isSigned(by: $0) }) else {
                    throw Refusal.sentence("carries a list that none of the CAs here signed")
                }
                guard try list.nextUpdate() > now else { throw Refusal.sentence("is stale: run \"ca-tools crl\"") }
            }
        }
    }

    private func checkRevocations() -> VerificationReport.Check {
        check(folder.log) {
            let unlisted = try folder.unlistedRevocations(in: folder.readLog())
            guard unlisted.isEmpty else {
                throw Refusal.sentence(
                    "revokes \(unlisted.joined(separator: ", ")), and no list does: run \"ca-tools crl\""
                )
            }
        }
    }

    private func checkBundle() -> VerificationReport.Check {
        check(folder.bundle) {
            let bundle = try BundleDocument.read(folder.read(folder.bundle), path: folder.bundle)
            let baked = try bundle.roots.map { try X509Certificate(pem: Array($0.utf8)).fingerprint() }
            guard try baked == roots().map({ try $0.fingerprint() }) else {
                throw Refusal.sentence("does not carry the roots of this folder: run \"ca-tools crl\"")
            }
        }
    }

    private enum Refusal: Error { case sentence(String) }

    private func check(
        _ path: String,
        advice: String? = nil,
        _ body: () throws -> Void
    ) -> VerificationReport.Check {
        var problem: String?
        do {
            try body()
        } catch Refusal.sentence(let sentence) {
            problem = sentence
        } catch {
            problem = "\(error)"
        }
        return VerificationReport.Check(path: path, problem: problem, advice: problem == nil ? advice : nil)
    }

    private func roots() throws -> [X509Certificate] {
        try folder.generations.map { try folder.certificate(folder.root($0)) }
    }

    private func requirePrivate(_ path: String) throws {
        guard let mode = DurableFile.mode(path) else { throw Refusal.sentence("\(path) is missing") }
        guard mode & 0o077 == 0 else {
            throw Refusal.sentence(
                "\(path) has the mode \(String(mode, radix: 8)), which lets others in: run \"chmod 600\""
            )
        }
    }

    private func requireInDate(_ certificate: X509Certificate) throws {
        guard try certificate.notBefore() <= now else { throw Refusal.sentence("is not valid yet") }
        guard try now <= certificate.notAfter() else { throw Refusal.sentence("has expired") }
    }

    /// The part of its life that a leaf still has, or nil when it cannot be read.
    private func remainingLife(_ path: String) throws -> Double? {
        let leaf: X509Certificate
        do { leaf = try folder.certificate(path) } catch { return nil }
        let (start, end) = (try leaf.notBefore(), try leaf.notAfter())
        return end.timeIntervalSince(now) / end.timeIntervalSince(start)
    }
}

extension AuthorityFolder {
    /// The bytes of one of the folder's small files.
    func read(_ path: String) throws -> [UInt8] {
        try at(path) { try DurableFile.read(path, limit: Self.fileLimit) }
    }
}

extension String {
    /// The text with another ending; unchanged when it has not the one to be replaced.
    fileprivate func replacingEnding(_ ending: String, by other: String) -> String {
        hasSuffix(ending) ? dropLast(ending.count) + other : self
    }
}
