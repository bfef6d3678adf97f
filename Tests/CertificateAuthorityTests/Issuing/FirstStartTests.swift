import Cryptography
import Foundation
import TestSupport
import Testing

@testable import CertificateAuthority

struct FirstStartTests {
    private let scratch: TemporaryFolder
    private let folder: AuthorityFolder

    init() throws {
        scratch = try TemporaryFolder()
        folder = AuthorityFolder("\(scratch.path)/operator-ca")
    }

    private func start(_ domain: String = "tunnel.test", _ edges: [String] = []) throws -> FirstStart.Outcome {
        let domain = try DomainName(domain)
        var start = try FirstStart(domain: domain, edges: edges.map { try EdgeAddress($0, domain: domain) })
        start.cost = .forTestsOnly
        return try start.prepare(folder)
    }

    @Test func `an empty folder becomes a CA whose root key lies in a folder of its own`() throws {
        try DurableFile.makeFolder(folder.path)
        #expect(try start() == .made(rootSHA256: folder.rootFingerprint()))
        #expect(DurableFile.mode(folder.rootKey()) == nil)
        let text = String(decoding: try DurableFile.read("\(folder.offline)/passphrase", limit: 1_000), as: UTF8.self)
        #expect(text.wholeMatch(of: #/[0-9a-f]{48}\n/#) != nil)
        let pem = try DurableFile.read("\(folder.offline)/root.key", limit: 10_000)
        let key = try EVPKey(pem: pem, passphrase: Array(text.dropLast().utf8))
        #expect(try key.publicKeyDER() == folder.certificate(folder.root()).publicKey().publicKeyDER())
        for file in ["root.key", "passphrase"] { #expect(DurableFile.mode("\(folder.offline)/\(file)") == 0o600) }
        let report = try Verification.run(folder)
        #expect(report.isGood)
        #expect(report.checks.contains { $0.path == folder.offline && $0.advice != nil })
        #expect(try Audit.run(folder).isClean)
    }

    @Test func `the first edge is called like the host of the first address`() throws {
        _ = try start("tunnel.test", ["eu.tunnel.test:443", "203.0.113.7:8443"])
        #expect(try folder.edgeNames().map(\.description) == ["eu.tunnel.test"])
        let bundle = try BundleDocument.read(folder.read(folder.bundle), path: folder.bundle)
        #expect(bundle.edges == ["eu.tunnel.test:443", "203.0.113.7:8443"])
    }

    @Test func `a second start finds the CA and changes nothing`() throws {
        let edges = ["tunnel.test:8443", "203.0.113.7:8443"]
        _ = try start("tunnel.test", edges)
        let before = try DurableFile.read(folder.log, limit: 100_000)
        for known in [[], edges, Array(edges.reversed()), [edges[1]]] {
            #expect(try start("tunnel.test", known) == .found)
        }
        #expect(try start("tunnel.test", ["eu.tunnel.test:443"]) == .foundWithOtherEdges(edges))
        #expect(throws: AuthorityError.self) { try start("other.test") }
        #expect(try DurableFile.read(folder.log, limit: 100_000) == before)
    }

    @Test func `a folder with something else in it is left alone`() throws {
        try DurableFile.makeFolder(folder.path)
        try DurableFile.create("\(folder.path)/letter", [1])
        #expect(throws: AuthorityError.self) { try start() }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["letter"])
    }
}
