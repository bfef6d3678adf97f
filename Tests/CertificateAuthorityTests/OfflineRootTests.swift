import Cryptography
import Foundation
import Settings
import TestSupport
import Testing

@testable import CertificateAuthority

struct OfflineRootTests {
    private let scratch: TemporaryFolder
    private let folder: AuthorityFolder

    init() throws {
        scratch = try TemporaryFolder()
        folder = AuthorityFolder("\(scratch.path)/operator-ca")
        var start = try FirstStart(domain: "tunnel.test", edges: [])
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
        try OfflineRoot(of: folder).delete(confirmedBy: written)
        #expect(try OfflineRoot(of: folder).keys().isEmpty)
    }

    @Test func `another fingerprint, or a file that is not ours, deletes nothing`() throws {
        #expect(try run("--delete", "--fingerprint", String(repeating: "ab", count: 32)).status == 1)
        #expect(try run("--delete").status == 2)
        try DurableFile.create("\(folder.offline)/letter", [1])
        let before = try folder.everyFile()
        #expect(try run("--delete", "--fingerprint", folder.rootFingerprint()).text.contains("letter"))
        #expect(try folder.everyFile() == before)
    }

    @Test func `each root's key goes by its own fingerprint, wherever a rotation has moved it`() throws {
        let first = try folder.rootFingerprint()
        var authority = try Authority.open(folder)
        try authority.beginRotation(passphrase: Secret(Array(ThrowawayCA.passphrase.utf8)), cost: .forTestsOnly)
        let second = try folder.certificate(folder.root(.next)).fingerprint()
        let root = OfflineRoot(of: folder)
        #expect(
            try root.keys() == [
                OfflineRoot.Key(rootSHA256: first, path: folder.offline),
                OfflineRoot.Key(rootSHA256: second, path: folder.rootKey(.next)),
            ]
        )
        try authority.switchRotation()
        #expect(try root.keys().map(\.path) == [folder.offline, folder.rootKey()])
        try root.delete(confirmedBy: first)
        #expect(try root.keys() == [OfflineRoot.Key(rootSHA256: second, path: folder.rootKey())])
        try authority.finishRotation(force: true)
        try root.delete(confirmedBy: second)
        #expect(try root.keys().isEmpty)
    }

    @Test func `the key of a root that was retired is listed, too`() throws {
        let authority = try ThrowawayCA(domain: "tunnel.test")
        let first = try authority.folder.rootFingerprint()
        var open = try authority.open()
        try open.beginRotation(passphrase: Secret(Array(ThrowawayCA.passphrase.utf8)), cost: .forTestsOnly)
        try open.switchRotation()
        try open.finishRotation(force: true)
        let keys = try OfflineRoot(of: authority.folder).keys()
        #expect(keys.map(\.rootSHA256) == [try authority.folder.rootFingerprint(), first])
        try OfflineRoot(of: authority.folder).delete(confirmedBy: first)
        #expect(try OfflineRoot(of: authority.folder).keys() == [keys[0]])
    }

    @Test func `a deletion that ended half-way goes on`() throws {
        try DurableFile.remove("\(folder.offline)/root.key")
        try OfflineRoot(of: folder).delete(confirmedBy: folder.rootFingerprint())
        #expect(try OfflineRoot(of: folder).keys().isEmpty)
    }
}

extension AuthorityFolder {
    fileprivate func everyFile() throws -> Set<String> {
        Set(try FileManager.default.subpathsOfDirectory(atPath: path))
    }
}
