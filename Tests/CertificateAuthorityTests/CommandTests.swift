import CertificateAuthority
import Cryptography
import Foundation
import TestSupport
import Testing

/// The real `ca-tools`, as an operator runs it.
@Suite(.timeLimit(.minutes(2)))
struct CommandTests {
    private let authority: ThrowawayCA
    private let passphrase = "six random words would be better"

    init() throws { authority = try ThrowawayCA(domain: "tunnel.test") }

    private func run(
        _ arguments: [String],
        environment: [String: String] = [:],
        umask: String = "022"
    ) throws -> OpenSSLCommand.Outcome {
        try ToolRun(preparation: "umask \(umask)", environment: environment).run(arguments)
    }

    private func ca(_ arguments: String...) throws -> OpenSSLCommand.Outcome {
        try run(arguments + ["--ca", authority.folder.path])
    }

    private func newFolder() -> String { "\(authority.scratchPath)/\(UUID().uuidString)" }

    private func request() throws -> String {
        let path = "\(newFolder()).csr"
        try DurableFile.create(path, SigningRequest.make(key: .generate(.p256), subject: DistinguishedName()).pem())
        return path
    }

    @Test(arguments: ["000", "077", "777"])
    func `init makes a CA that verifies, whatever the umask`(umask: String) throws {
        let folder = newFolder()
        let outcome = try run(
            ["init", "--domain", "tunnel.test", "--out", folder],
            environment: ["OSM_CA_PASSPHRASE": passphrase],
            umask: umask
        )
        #expect(outcome.status == 0, "\(outcome.text)")
        #expect(outcome.text.contains(try AuthorityFolder(folder).rootFingerprint()))
        #expect(outcome.text.contains("Move offline now:             \(folder)/root/root.key"))
        #expect(try run(["verify", folder]).status == 0)
        #expect(DurableFile.mode("\(folder)/root/root.key") == 0o600)
    }

    @Test func `init encrypts the root key with the passphrase of a file, at the full cost`() throws {
        let (folder, file) = (newFolder(), newFolder())
        try DurableFile.create(file, Array("\(passphrase)\nsecond line\n".utf8))
        #expect(try run(["init", "--domain", "tunnel.test", "--out", folder, "--passphrase-file", file]).status == 0)
        let key = try DurableFile.read("\(folder)/root/root.key", limit: 10_000)
        #expect(throws: CryptographyError.self) { try EVPKey(pem: key, passphrase: Array("wrong".utf8)) }
        #expect(throws: Never.self) { try EVPKey(pem: key, passphrase: Array(passphrase.utf8)) }
        let dump = try OpenSSLCommand.run("asn1parse", "-in", "\(folder)/root/root.key")
        #expect(
            dump.text.contains("PBKDF2") && dump.text.contains("hmacWithSHA256") && dump.text.contains("aes-256-cbc")
        )
        #expect(dump.text.contains(String(1_000_000, radix: 16, uppercase: true)))
    }

    @Test func `init without a passphrase or a terminal fails and leaves nothing`() throws {
        let folder = newFolder()
        let outcome = try run(["init", "--domain", "tunnel.test", "--out", folder])
        #expect(outcome.status == 1)
        #expect(outcome.text.contains("--passphrase-file"))
        #expect(DurableFile.mode(folder) == nil)
    }

    @Test func `a passphrase file that others may read is refused`() throws {
        let file = newFolder()
        try DurableFile.create(file, Array(passphrase.utf8))
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
        let outcome = try run(["init", "--domain", "tunnel.test", "--out", newFolder(), "--passphrase-file", file])
        #expect(outcome.status == 1)
        #expect(outcome.text.contains("chmod 600"))
    }

    @Test func `init never overwrites`() throws {
        let outcome = try run(
            ["init", "--domain", "tunnel.test", "--out", authority.folder.path],
            environment: ["OSM_CA_PASSPHRASE": passphrase]
        )
        #expect(outcome.status == 1)
        #expect(outcome.text.contains("nothing is ever overwritten"))
        #expect(try Verification.run(authority.folder).isGood)
    }

    @Test(arguments: [
        ["init"], ["nonsense"], ["issue", "device"], ["revoke", "--reason", "superseded"],
        ["revoke", "--serial", "01", "--reason", "boredom"], ["audit", "--unknown"],
        ["issue", "device", "--csr", "x", "--renew"], ["invite"], ["invite", "a", "--list"],
        ["invite", "a", "--expires", "soon"], ["bake"], ["publish", "--agents", "a"], ["serve", "--agents", "a"],
        ["serve", "--init"], ["serve", "--domain", "tunnel.test"], ["serve", "--socket-mode", "0666"],
        ["serve", "--publish-edge", "tunnel.test"],
        ["init", "--domain", "tunnel.test", "--passphrase", "on the command line"],
    ])
    func `a command line that makes no sense ends with 2`(arguments: [String]) throws {
        let outcome = try run(arguments)
        #expect(outcome.status == 2, "\(outcome.text)")
        #expect(outcome.text.contains("Usage:"))
    }

    @Test(arguments: [
        ["init"], ["issue", "edge"], ["issue", "device"], ["revoke"], ["crl"], ["rotate", "begin"],
        ["rotate", "switch"],
        ["rotate", "finish"], ["rotate", "status"], ["inspect"], ["verify"], ["bundle"], ["audit"],
        ["serve"], ["invite"], ["bake"], ["publish"], ["health"],
    ])
    func `every command's help ends with 0 and shows an example`(command: [String]) throws {
        let outcome = try run(command + ["--help"])
        #expect(outcome.status == 0)
        #expect(outcome.text.contains("EXAMPLES"))
        #expect(outcome.text.contains("ca-tools \(command.joined(separator: " "))"))
    }

    @Test func `a folder that is no CA is refused with the next step`() throws {
        for command in [
            ["audit"], ["crl"], ["bundle"], ["rotate", "status"], ["issue", "edge", "--name", "a.tunnel.test"],
            ["serve"], ["invite", "laptop"], ["invite", "--list"], ["bake", "--into", "osm-agent"],
        ] {
            let outcome = try run(command + ["--ca", authority.scratchPath])
            #expect(outcome.status == 1, "\(command)")
            #expect(outcome.text.contains("ca-tools init"), "\(command)")
        }
    }

    @Test func `an issued device is copied to a new file and never over an old one`() throws {
        let copy = newFolder()
        let first = try ca("issue", "device", "--csr", request(), "--out", copy, "--json")
        #expect(first.status == 0, "\(first.text)")
        let issued = try JSONDecoder().decode(Issued.self, from: Data(first.text.utf8))
        #expect(String(decoding: try DurableFile.read(copy, limit: 10_000), as: UTF8.self) == issued.pem)
        let second = try ca("issue", "device", "--csr", request(), "--out", copy)
        #expect(second.status == 1)
        #expect(second.text.contains("copy the certificate from"))
    }

    @Test func `two processes that issue at once keep the chain whole`() async throws {
        let requests = try (0..<8).map { _ in try request() }
        let outcomes = try await withThrowingTaskGroup(of: Int32.self) { group in
            for request in requests {
                group.addTask { try ca("issue", "device", "--csr", request).status }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes == Array(repeating: 0, count: 8))
        let report = try Audit.run(authority.folder)
        #expect(report.isClean && report.notes.isEmpty)
        #expect(report.entries == 5 + 8)
    }

    @Test func `audit ends with 1 on a damaged log and says where`() throws {
        #expect(try ca("audit").status == 0)
        var log = try DurableFile.read(authority.folder.log, limit: 100_000)
        log[20] ^= 1
        try DurableFile.replace(authority.folder.log, log)
        let outcome = try ca("audit")
        #expect(outcome.status == 1)
        #expect(outcome.text.contains("issuance.jsonl:1"))
        let json = try ca("audit", "--json")
        #expect(json.status == 1 && json.text.contains("\"findings\""))
    }

    @Test func `inspect shows a chain, a folder and a key without its secret`() throws {
        let chain = try run(["inspect", authority.edge().chainPath, "--json"])
        let read = try JSONDecoder().decode([Inspection].self, from: Data(chain.text.utf8))
        #expect(read.first?.certificates.count == 2)
        #expect(read.first?.certificates.first?.names == ["DNS:tunnel.test"])
        #expect(try run(["inspect", authority.folder.path]).text.contains("osmRouter root CA"))
        let key = try run(["inspect", authority.folder.issuerKey(.edge)])
        #expect(key.text.contains("NOT encrypted, P-384"))
        #expect(!key.text.contains("BEGIN"))
        #expect(try run(["inspect", "\(authority.scratchPath)/absent"]).status == 1)
    }

    @Test func `rotate goes through its stages`() throws {
        let file = newFolder()
        try DurableFile.create(file, Array(passphrase.utf8))
        #expect(try ca("rotate", "begin", "--passphrase-file", file).text.contains("rotate switch"))
        #expect(try ca("rotate", "begin", "--passphrase-file", file).status == 1)
        #expect(try ca("rotate", "switch").status == 0)
        let early = try ca("rotate", "finish")
        #expect(early.status == 1 && early.text.contains("still in use"))
        #expect(try ca("issue", "edge", "--name", "tunnel.test", "--renew").status == 0)
        #expect(try ca("rotate", "finish").status == 0)
        #expect(try ca("rotate", "status", "--json").text.contains("\"steady\""))
    }

    @Test func `bundle prints exactly the file that is in the folder`() throws {
        let text = try ca("bundle").text
        #expect(Array(text.utf8) == (try DurableFile.read(authority.bundlePath, limit: 100_000)))
    }
}
