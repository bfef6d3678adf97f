import Cryptography
import Foundation
import Settings
import TestSupport
import Testing

@testable import CertificateAuthority

struct RemainingRootKeysTests {
    private let scratch: TemporaryFolder
    private let folder: AuthorityFolder

    init() throws {
        scratch = try TemporaryFolder()
        folder = AuthorityFolder("\(scratch.path)/operator-ca")
        var start = FirstStart(domain: try DomainName("tunnel.test"), edges: [])
        start.cost = .forTestsOnly
        _ = try start.prepare(folder)
    }

    private func run(_ arguments: String...) throws -> OpenSSLCommand.Outcome {
        try ToolRun(environment: [:]).run(["offline", "--ca", folder.path] + arguments)
    }

    @Test func `it is deleted by whoever names the root, and nothing else is`() throws {
        let fingerprint = try folder.rootFingerprint()
        let said = try run()
        #expect(said.status == 1 && said.text.contains(fingerprint) && said.text.contains(folder.offline))
        let before = try folder.everyFile()
        let deleted = try run("--delete", "--fingerprint", fingerprint)
        #expect(deleted.status == 0, "\(deleted)")
        #expect(try folder.everyFile() == before.subtracting(["offline", "offline/root.key", "offline/passphrase"]))
        #expect(try run().status == 0)
        #expect(try run("--delete", "--fingerprint", fingerprint).status == 0)
        #expect(try Verification.run(folder).isGood)
    }

    @Test func `colons and capitals of a fingerprint do not matter`() throws {
        let pairs = Array(try folder.rootFingerprint().uppercased())
        let written = stride(from: 0, to: pairs.count, by: 2).map { String(pairs[$0...$0 + 1]) }.joined(separator: ":")
        try RemainingRootKeys(in: folder).delete(confirmedBy: written)
        #expect(try RemainingRootKeys(in: folder).list().isEmpty)
    }

    @Test func `another fingerprint, or a file that is not ours, deletes nothing`() throws {
        #expect(try run("--delete", "--fingerprint", String(repeating: "ab", count: 32)).status == 1)
        #expect(try run("--delete").status == 2)
        try DurableFile.create("\(folder.offline)/letter", [1])
        let before = try folder.everyFile()
        #expect(try run("--delete", "--fingerprint", folder.rootFingerprint()).text.contains("letter"))
        #expect(try folder.everyFile() == before)
    }

    /// Changes the CA as another command does, which has ended when this returns.
    private func change(_ folder: AuthorityFolder, _ step: (inout Authority) throws -> Void) throws {
        var authority = try Authority.open(folder)
        try step(&authority)
    }

    private func begin(_ authority: inout Authority) throws {
        try authority.beginRotation(passphrase: Secret(Array(ThrowawayCA.passphrase.utf8)), cost: .forTestsOnly)
    }

    @Test func `each root's key goes by its own fingerprint, wherever a rotation has moved it`() throws {
        let first = try folder.rootFingerprint()
        let remaining = RemainingRootKeys(in: folder)
        try change(folder, begin)
        let second = try folder.certificate(folder.root(.next)).fingerprint()
        #expect(
            try remaining.list() == [
                RemainingRootKeys.Key(rootSHA256: first, path: folder.offline),
                RemainingRootKeys.Key(rootSHA256: second, path: folder.rootKey(.next)),
            ]
        )
        try change(folder) { try $0.switchRotation() }
        #expect(try remaining.list().map(\.path) == [folder.offline, folder.rootKey()])
        try remaining.delete(confirmedBy: first)
        #expect(try remaining.list() == [RemainingRootKeys.Key(rootSHA256: second, path: folder.rootKey())])
        try change(folder) { try $0.finishRotation(force: true) }
        try remaining.delete(confirmedBy: second)
        #expect(try remaining.list().isEmpty)
    }

    @Test func `the key of a root that was retired is listed, too`() throws {
        let authority = try ThrowawayCA(domain: "tunnel.test")
        let first = try authority.folder.rootFingerprint()
        try change(authority.folder) {
            try begin(&$0)
            try $0.switchRotation()
            try $0.finishRotation(force: true)
        }
        let remaining = RemainingRootKeys(in: authority.folder)
        let keys = try remaining.list()
        #expect(keys.map(\.rootSHA256) == [try authority.folder.rootFingerprint(), first])
        try remaining.delete(confirmedBy: first)
        #expect(try remaining.list() == [keys[0]])
    }

    @Test func `a folder that is none has no keys to speak of`() throws {
        for arguments in [["--json"], []] {
            let said = try ToolRun(environment: [:]).run(["offline", "--ca", "\(scratch.path)/nowhere"] + arguments)
            #expect(said.status == 1 && said.text.contains("not the folder of an operator's CA"), "\(said)")
        }
    }

    @Test func `whose keys are here is not guessed from a damaged log`() throws {
        let log = try DurableFile.read(folder.log, limit: 100_000)
        try DurableFile.replace(folder.log, Array(log.dropFirst()))
        #expect(throws: AuthorityError.self) { try RemainingRootKeys(in: folder).list() }
        #expect(throws: AuthorityError.self) {
            try RemainingRootKeys(in: folder).delete(confirmedBy: folder.rootFingerprint())
        }
        #expect(DurableFile.mode("\(folder.offline)/root.key") != nil)
    }

    @Test func `a deletion that ended half-way goes on`() throws {
        try DurableFile.remove("\(folder.offline)/root.key")
        try RemainingRootKeys(in: folder).delete(confirmedBy: folder.rootFingerprint())
        #expect(try RemainingRootKeys(in: folder).list().isEmpty)
    }
}

extension AuthorityFolder {
    fileprivate func everyFile() throws -> Set<String> {
        Set(try FileManager.default.subpathsOfDirectory(atPath: path))
    }
}
