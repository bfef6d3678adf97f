package import Cryptography
import FoundationEssentials
package import Settings

/// Where the change from one root to the next stands.
package enum RotationStage: String, Sendable, Codable {
    /// One root, nothing under way.
    case steady
    /// The bundle carries both roots; the old one still issues.
    case begun
    /// The new root issues; the old one is still trusted.
    case switched
}

/// What an operator must know to take the next step of a rotation.
package struct RotationStatus: Sendable, Codable, Equatable {
    package let stage: RotationStage
    /// Certificates below the old root that are neither expired nor revoked; only in the last stage.
    package let outstanding: [String]
    package let next: String
}

extension AuthorityFolder {
    /// The stage, read from which generations exist.
    package var rotationStage: RotationStage {
        if DurableFile.mode(base(.previous)) != nil { return .switched }
        return DurableFile.mode(base(.next)) != nil ? .begun : .steady
    }

    /// Whether a command was killed within `rotate switch`; the next one that changes something finishes the move.
    var isBetweenStages: Bool { DurableFile.mode(base(.previous)) != nil && DurableFile.mode(base(.next)) != nil }
}

extension Authority {
    /// Makes the next root and its CAs, and puts both roots into the bundle.
    ///
    /// The current root keeps issuing.
    package mutating func beginRotation(passphrase: Secret, cost: KeyDerivationCost = .standard) throws {
        try require(.steady, for: "begin")
        try requireStrong(passphrase)
        let draft = "\(folder.path)/.next\(DurableFile.strayEnding)"
        try at(draft) { try DurableFile.makeFolder(draft) }
        let (contents, _, _) = try GenerationMaker(profile: profile(), cost: cost).make(
            in: draft,
            passphrase: passphrase
        )
        try record(contents + [LogEntry.Content(.rotationBegun, subject: "rotation")])
        try at(draft) { try DurableFile.move(draft, to: folder.base(.next)) }
        try signLists()
    }

    /// Lets the new root issue from now on; the old one stays trusted.
    package mutating func switchRotation() throws {
        try require(.begun, for: "switch")
        try record([LogEntry.Content(.rotationSwitched, subject: "rotation")])
        try at(folder.base(.previous)) { try DurableFile.makeFolder(folder.base(.previous)) }
        _ = try finishSwitch()
        try signLists()
    }

    /// Ends the trust in the old root and puts its files away; refused while it has certificates in use, unless forced.
    package mutating func finishRotation(force: Bool) throws {
        try require(.switched, for: "finish")
        let outstanding = try outstanding()
        guard outstanding.isEmpty || force else {
            throw AuthorityError(
                .wrongStage,
                "\(outstanding.count) certificates below the old root are still in use",
                next: "renew them (\"ca-tools rotate status\" lists them), or add --force to lock their holders out"
            )
        }
        try record([LogEntry.Content(.rotationFinished, subject: "rotation")])
        let name = String(try folder.certificate(folder.root(.previous)).fingerprint().prefix(16))
        if DurableFile.mode(folder.retired) == nil {
            try at(folder.retired) { try DurableFile.makeFolder(folder.retired) }
        }
        try at(folder.retired) { try DurableFile.move(folder.base(.previous), to: "\(folder.retired)/\(name)") }
        try signLists()
    }

    /// Where the rotation stands.
    package func rotationStatus() throws -> RotationStatus {
        switch folder.rotationStage {
        case .steady:
            RotationStatus(stage: .steady, outstanding: [], next: "\"ca-tools rotate begin\" starts a rotation")
        case .begun:
            RotationStatus(
                stage: .begun,
                outstanding: [],
                next: "build and roll out agents and edges with the new bundle, then \"ca-tools rotate switch\""
            )
        case .switched:
            RotationStatus(
                stage: .switched,
                outstanding: try outstanding(),
                next: "renew every edge, wait until every device has renewed, then \"ca-tools rotate finish\""
            )
        }
    }

    /// Moves the generations into their new places, as far as that has not happened; answers whether there was
    /// anything to do.
    func finishSwitch() throws -> Bool {
        guard folder.isBetweenStages else { return false }
        for part in AuthorityFolder.generationParts {
            let (old, new) = ("\(folder.base(.previous))/\(part)", "\(folder.base(.next))/\(part)")
            let place = "\(folder.path)/\(part)"
            guard DurableFile.mode(new) != nil else { continue }
            try at(place) {
                if DurableFile.mode(old) == nil { try DurableFile.move(place, to: old) }
                try DurableFile.move(new, to: place)
            }
        }
        do {
            try FileManager.default.removeItem(atPath: folder.base(.next))
        } catch {
            throw AuthorityError(.denied, "\(folder.base(.next)): cannot be removed", next: "remove the empty folder")
        }
        return true
    }

    private func outstanding() throws -> [String] {
        let old = try [IssuerRole.edge, .device].map {
            try folder.certificate(folder.issuer($0, .previous)).fingerprint()
        }
        let date = now().rfc3339
        let revoked = log.revocations
        var latest: [String: LogEntry] = [:]
        for entry in log.entries where entry.event == .edgeIssued || entry.event == .deviceIssued {
            latest[entry.subject] = entry
        }
        return latest.values.filter {
            old.contains($0.issuer ?? "") && ($0.notAfter ?? "") > date && revoked[$0.serial ?? ""] == nil
        }.map(\.subject).sorted()
    }

    private func require(_ stage: RotationStage, for step: String) throws {
        let found = folder.rotationStage
        guard found == stage else {
            throw AuthorityError(
                .wrongStage,
                "\"rotate \(step)\" needs the stage \"\(stage.rawValue)\", and this is \"\(found.rawValue)\"",
                next: try rotationStatus().next
            )
        }
    }
}
