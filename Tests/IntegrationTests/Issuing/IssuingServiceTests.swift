import Foundation
import TestSupport
import Testing

/// The issuing service as a process, asked by curl and killed by the kernel.
@Suite(
    .enabled(if: TestPrograms.folder != nil, "needs the programs that ./dev test builds"),
    .timeLimit(.minutes(5))
)
struct IssuingServiceTests {
    @Test func `the first start makes a CA, and a device enrols, renews and is revoked`() async throws {
        let scratch = try TemporaryFolder()
        let issuer = try await RunningIssuer(["--publish", scratch.path, "--socket-mode", "0660"])
        let offline = try FileManager.default.contentsOfDirectory(atPath: "\(issuer.folder)/offline").sorted()
        #expect(offline == ["passphrase", "root.key"])
        let published = try FileManager.default.contentsOfDirectory(atPath: scratch.path).filter {
            !$0.hasPrefix("ca-")
        }
        #expect(Set(published) == ["edge.key", "edge.pem", "operator-ca.json", "devices.crl"])

        let token = try await issuer.invite("Ada's laptop")
        let csr = try issuer.request()
        let enrolled = try #require(try issuer.post("/v1/enroll", ["token": token, "csr": csr]))
        let device = try #require(enrolled.device)
        #expect(try issuer.post("/v1/enroll", ["token": token, "csr": csr])?.chain == enrolled.chain)
        #expect(try issuer.post("/v1/enroll", ["token": token, "csr": issuer.request()])?.code == "invitation_used")
        let renewed = try #require(try issuer.post("/v1/renew", ["device": device, "csr": csr]))
        #expect(renewed.chain?[0] != enrolled.chain?[0])

        let before = FileManager.default.contents(atPath: "\(scratch.path)/devices.crl")
        _ = try await issuer.run(["revoke", "--device", device, "--reason", "key-compromise"])
        try await eventually("the new list is published") {
            FileManager.default.contents(atPath: "\(scratch.path)/devices.crl") != before
        }
        #expect(try issuer.post("/v1/renew", ["device": device, "csr": csr])?.code == "device_revoked")
        _ = try await issuer.audit()

        issuer.service.signal(SIGTERM)
        #expect(try await issuer.service.exitCode() == 0)
        let log = issuer.service.errors
        #expect(!log.contains("osmi_") && log.contains("device enrolled") && log.contains(device))
        let passphrase = try String(contentsOfFile: "\(issuer.folder)/offline/passphrase", encoding: .utf8)
        #expect(!log.contains(passphrase.dropLast()))
        #expect(log.contains("\(issuer.folder)/offline"))
        for line in log.split(separator: "\n") {
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
        }
        #expect(!FileManager.default.fileExists(atPath: issuer.socket))
    }

    @Test func `kill -9 at any moment costs no device its invitation, and the log stays whole`() async throws {
        let issuer = try await RunningIssuer()
        for round in 0..<6 {
            let token = try await issuer.invite("laptop \(round)")
            let csr = try issuer.request()
            let first = try issuer.postAndKill("/v1/enroll", ["token": token, "csr": csr], milliseconds: 4 * round)
            try await issuer.restart()
            let second = try #require(try issuer.post("/v1/enroll", ["token": token, "csr": csr]))
            #expect(second.device != nil)
            if let first, first.device != nil { #expect(first.device == second.device) }
            #expect(
                try issuer.post("/v1/enroll", ["token": token, "csr": issuer.request()])?.code == "invitation_used"
            )
            _ = try await issuer.audit()
        }
        _ = try await issuer.run(["audit", "--json"])
    }

    @Test func `a second service on the same socket is refused, and health tells who is there`() async throws {
        let issuer = try await RunningIssuer()
        let second = try Program(
            "ca-tools",
            ["serve", "--ca", issuer.folder, "--socket", issuer.socket],
            in: issuer.scratch.path
        )
        #expect(try await second.exitCode() == 1)
        #expect(second.errors.contains("another process listens there"))
        #expect(try await issuer.run(["health", "--socket", issuer.socket]) == "ok\n")
    }
}
