package import Cryptography
import FoundationEssentials

/// Which certificates to withdraw.
package enum RevocationTarget: Sendable {
    case serial(SerialNumber)
    /// Every leaf of the device that has not expired.
    case device(DeviceID)
}

extension RevocationList.Reason {
    /// The word for it on the command line and in the log.
    package var word: String {
        switch self {
        case .unspecified: "unspecified"
        case .keyCompromise: "key-compromise"
        case .affiliationChanged: "affiliation-changed"
        case .superseded: "superseded"
        case .cessationOfOperation: "cessation-of-operation"
        }
    }

    /// Reads a word; nil for an unknown one.
    package init?(word: String) {
        guard let reason = Self.allCases.first(where: { $0.word == word }) else { return nil }
        self = reason
    }
}

extension Authority {
    /// Withdraws certificates and signs new lists; answers with the serial numbers, also of what was withdrawn before.
    package mutating func revoke(_ target: RevocationTarget, reason: RevocationList.Reason) throws -> [String] {
        let issues = try entries(of: target)
        let revoked = log.revocations
        let contents = issues.filter { revoked[$0.serial ?? ""] == nil }.map { entry in
            var content = LogEntry.Content(.revoked, subject: entry.subject)
            content.serial = entry.serial.flatMap { SerialNumber($0) }
            content.notAfter = entry.notAfter
            content.sha256 = entry.sha256
            content.issuer = entry.issuer
            content.reason = reason.word
            return content
        }
        for start in stride(from: 0, to: contents.count, by: Authority.mostEntriesAWrite) {
            try record(Array(contents[start...].prefix(Authority.mostEntriesAWrite)))
        }
        try signLists()
        return issues.compactMap(\.serial)
    }

    private func entries(of target: RevocationTarget) throws -> [LogEntry] {
        switch target {
        case .serial(let serial):
            guard let entry = log.issue(of: serial) else {
                throw AuthorityError(
                    .unknownCertificate,
                    "this CA never issued a certificate with the serial number \(serial)",
                    next: "find the right one with \"ca-tools inspect FILE\" or in log/issuance.jsonl"
                )
            }
            guard entry.event == .edgeIssued || entry.event == .deviceIssued else {
                throw AuthorityError(
                    .wrongStage,
                    "\(serial) belongs to a CA, and a CA is not revoked but replaced",
                    next: "start \"ca-tools rotate begin\""
                )
            }
            return [entry]
        case .device(let id):
            let date = now().rfc3339
            let live = log.entries.filter {
                // Both are RFC 3339 in UTC, whose order is that of the text.
                $0.event == .deviceIssued && $0.subject == id.uri && ($0.notAfter ?? "") > date
            }
            guard !live.isEmpty else {
                throw AuthorityError(
                    .unknownCertificate,
                    "device \(id) has no certificate that is still valid",
                    next: "check the id with \"ca-tools inspect\""
                )
            }
            return live
        }
    }

    /// Signs new revocation lists for every CA that still counts, and the bundle that carries those of the edges.
    package mutating func signLists() throws {
        try record([LogEntry.Content(.listsSigned, subject: "revocation lists")])
        try publish()
    }

    /// Writes everything that follows from the log and the CAs: lists and bundle.
    func publish() throws {
        for role in IssuerRole.allCases {
            let path = folder.revocationLists(role)
            // The next CA has issued nothing yet, and a reader of a single list is spared a second one for as long.
            let lists = try folder.generations.filter { $0 != .next }.flatMap { try list(role, $0).pem() }
            try at(path) { try DurableFile.replace(path, lists) }
        }
        var bundle = bundle
        bundle.roots = try folder.generations.map { try text(folder.root($0)) }
        bundle.deviceIssuers = try folder.generations.map { try text(folder.issuer(.device, $0)) }
        bundle.edgeCRL = try listsOfRevokedEdges()
        bundle.created = now().rfc3339
        try at(folder.bundle) { try DurableFile.replace(folder.bundle, bundle.encoded()) }
    }

    /// Only what names a revoked edge, so that most bundles carry nothing and nearly all others a single list.
    private func listsOfRevokedEdges() throws -> String? {
        let lists = try folder.generations.map { try list(.edge, $0) }.filter { try !$0.serials().isEmpty }
        let text = String(decoding: try lists.flatMap { try $0.pem() }, as: UTF8.self)
        return text.isEmpty ? nil : text
    }

    private func text(_ path: String) throws -> String {
        try at(path) { String(decoding: try folder.certificate(path).pem(), as: UTF8.self) }
    }

    private func list(_ role: IssuerRole, _ generation: AuthorityFolder.Generation) throws -> RevocationList {
        let issuer = try folder.loadIssuer(role, generation)
        return try at(folder.revocationLists(role)) {
            let fingerprint = try issuer.certificate.fingerprint()
            let entries = log.revocations.values.filter { $0.issuer == fingerprint }.compactMap { entry in
                SerialNumber(entry.serial ?? "").map { serial in
                    RevocationList.Entry(
                        serial: serial,
                        date: Date(rfc3339: entry.time) ?? now(),
                        reason: .init(word: entry.reason ?? "") ?? .unspecified
                    )
                }
            }
            let date = now()
            let end = date.addingTimeInterval(Profile.revocationListLifetime)
            // The log's length only grows, and so does the number.
            return try RevocationList.issue(
                entries,
                number: log.entries.count,
                from: date,
                until: min(end, issuer.certificate.notAfter()),
                by: issuer
            )
        }
    }
}
