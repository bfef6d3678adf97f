import CertificateAuthority
import Cryptography
import Settings
import TestSupport
import Testing

/// What a process killed within `rotate switch` leaves between two of its moves.
struct CutOffSwitchTests {
    /// Each move in its order: from where, to where.
    private func moves(_ folder: AuthorityFolder) -> [(String, String)] {
        AuthorityFolder.generationParts.flatMap { part in
            [
                ("\(folder.path)/\(part)", "\(folder.base(.previous))/\(part)"),
                ("\(folder.base(.next))/\(part)", "\(folder.path)/\(part)"),
            ]
        }
    }

    /// A CA whose switch ended after `count` moves.
    private func cutOff(after count: Int) throws -> ThrowawayCA {
        let authority = try ThrowawayCA()
        do {
            var open = try authority.open()
            try open.beginRotation(passphrase: Secret(Array(ThrowawayCA.passphrase.utf8)), cost: .forTestsOnly)
        }
        try DurableFile.makeFolder(authority.folder.base(.previous))
        for (from, to) in moves(authority.folder).prefix(count) { try DurableFile.move(from, to: to) }
        return authority
    }

    @Test(arguments: 0...6)
    func `audits as clean with a note`(count: Int) throws {
        let authority = try cutOff(after: count)
        let report = try Audit.run(authority.folder)
        #expect(report.isClean, "\(report.findings)")
        #expect(report.notes.contains { $0.problem.contains("rotate switch") })
        withExtendedLifetime(authority) {}  // its folder goes with it
    }

    @Test(arguments: 0...6)
    func `is finished by the next command`(count: Int) throws {
        let authority = try cutOff(after: count)
        let status = try authority.open().rotationStatus()
        #expect(status.stage == .switched)
        let report = try Audit.run(authority.folder)
        #expect(report.isClean && report.notes.isEmpty, "\(report)")
        #expect(try Verification.run(authority.folder).isGood)
        withExtendedLifetime(authority) {}  // its folder goes with it
    }
}
