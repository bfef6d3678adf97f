import CertificateAuthority
import Cryptography
import Foundation
import TestSupport
import Testing

/// Real processes that meet a real end in the middle of their work.
@Suite(.timeLimit(.minutes(2)))
struct InterruptionTests {
    private let authority: ThrowawayCA
    private let request: String

    init() throws {
        authority = try ThrowawayCA(domain: "tunnel.test")
        request = "\(authority.scratchPath)/device.csr"
        let made = try SigningRequest.make(key: .generate(.p256), subject: DistinguishedName())
        try DurableFile.create(request, made.pem())
    }

    private var issue: [String] { ["issue", "device", "--csr", request, "--ca", authority.folder.path] }

    @Test func `kill -9 at any moment leaves a clean log, and the next command goes on`() throws {
        // The steps cover the whole life of the process, from before its first line to after its last.
        for hundredths in 1...30 {
            let killed = ToolRun(wrapper: ["timeout", "-s", "KILL", "0.\(hundredths < 10 ? "00" : "0")\(hundredths)"])
            _ = try killed.run(issue)
            let report = try Audit.run(authority.folder)
            #expect(report.isClean, "\(report.findings)")
        }
        #expect(try ToolRun().run(issue).status == 0)
        let report = try Audit.run(authority.folder)
        #expect(report.isClean && report.notes.isEmpty)
        #expect(try Verification.run(authority.folder).isGood)
    }

    @Test func `a disk that is full fails the command and loses nothing`() throws {
        let before = try DurableFile.read(authority.folder.log, limit: 100_000)
        let full = try ToolRun(preparation: "trap '' XFSZ; ulimit -f 1").run(issue)
        #expect(full.status == 1, "\(full.text)")
        #expect(full.text.contains("make room"))
        #expect(try DurableFile.read(authority.folder.log, limit: 100_000) == before)
        #expect(try Audit.run(authority.folder).notes.isEmpty)
        #expect(try ToolRun().run(issue).status == 0)
        #expect(try Verification.run(authority.folder).isGood)
    }

    @Test func `init on a full disk leaves no folder behind`() throws {
        let folder = "\(authority.scratchPath)/new"
        let full = ToolRun(
            preparation: "trap '' XFSZ; ulimit -f 1",
            environment: ["OSM_CA_PASSPHRASE": "six random words"]
        )
        #expect(try full.run(["init", "--domain", "tunnel.test", "--out", folder]).status == 1)
        let left = try FileManager.default.contentsOfDirectory(atPath: authority.scratchPath)
        #expect(Set(left) == ["operator-ca", "device.csr"])
    }
}
