import CertificateAuthority
import Cryptography
import Foundation
import TestSupport
import Testing
import Trust

struct RevocationTests {
    private let authority: ThrowawayCA

    init() throws { authority = try ThrowawayCA(domain: "tunnel.test") }

    private func opinion(_ path: String, purpose: String, list: String) throws -> OpenSSLCommand.Outcome {
        try OpenSSLCommand.run(
            "verify",
            "-x509_strict",
            "-purpose",
            purpose,
            "-CAfile",
            authority.rootPath,
            "-no-CApath",
            "-no-CAstore",
            "-crl_check",
            "-CRLfile",
            list,
            "-untrusted",
            path,
            path
        )
    }

    @Test func `openssl refuses a revoked device and accepts its neighbour`() throws {
        let id = DeviceID()
        let (revoked, neighbour) = (try authority.issueDevice(id: id.description), try authority.issueDevice())
        let list = authority.deviceListPath
        #expect(try opinion(revoked.chainPath, purpose: "sslclient", list: list).succeeded)
        try authority.revoke(device: id.description)
        let verdict = try opinion(revoked.chainPath, purpose: "sslclient", list: list)
        #expect(verdict.text.contains("certificate revoked"))
        #expect(try opinion(neighbour.chainPath, purpose: "sslclient", list: list).succeeded)
    }

    @Test func `our own check refuses a revoked device`() throws {
        let id = DeviceID()
        let device = try authority.issueDevice(id: id.description)
        try authority.revoke(device: id.description)
        let bundle = try OperatorBundle.decode(DurableFile.read(authority.bundlePath, limit: 100_000))
        let list = try Trust.RevocationList(DurableFile.read(authority.deviceListPath, limit: 100_000))
            .confirmed(by: bundle.deviceIssuers)
        let verifier = DeviceVerifier(anchors: try bundle.anchors(at: Date()), revocations: [list])
        let chain = try authority.folder.certificates(device.chainPath).map { try $0.der() }
        #expect(throws: PeerRefusal.revoked) { try verifier.verify(chain: chain, at: Date()) }
    }

    @Test func `a revoked edge is in the bundle, and our own check refuses it`() throws {
        let edge = try authority.issueEdge("eu.tunnel.test")
        var document = try BundleDocument.read(DurableFile.read(authority.bundlePath, limit: 100_000), path: "")
        #expect(document.edgeCRL == nil)
        do {
            var open = try authority.open()
            _ = try open.revoke(.certificate(at: edge.chainPath), because: "key-compromise")
        }
        let bytes = try DurableFile.read(authority.bundlePath, limit: 100_000)
        document = try BundleDocument.read(bytes, path: "")
        #expect(document.edgeCRL != nil)
        let bundle = try OperatorBundle.decode(bytes)
        let list = try #require(bundle.edgeRevocations)
        let verifier = EdgeVerifier(anchors: try bundle.anchors(at: Date()), revocations: [list])
        let chain = try authority.folder.certificates(edge.chainPath).map { try $0.der() }
        #expect(throws: PeerRefusal.self) {
            try verifier.verify(chain: chain, serverName: "eu.tunnel.test", at: Date())
        }
    }

    @Test func `revoking a device withdraws every living certificate of it`() throws {
        let id = DeviceID()
        var serials = [try authority.issueDevice(id: id.description).serial]
        for _ in 0..<5 { serials.append(try authority.issueDevice(id: id.description).serial) }
        try authority.revoke(device: id.description)
        let lists = try Cryptography.RevocationList.lists(
            pem: DurableFile.read(authority.deviceListPath, limit: 100_000)
        )
        #expect(Set(try lists.flatMap { try $0.serials() }.map(\.description)) == Set(serials))
        #expect(try Audit.run(authority.folder).isClean)
    }

    @Test func `revoking twice adds nothing to the log but the new lists`() throws {
        let id = DeviceID()
        _ = try authority.issueDevice(id: id.description)
        try authority.revoke(device: id.description)
        let entries = try Audit.run(authority.folder).entries
        try authority.revoke(device: id.description)
        #expect(try Audit.run(authority.folder).entries == entries + 1)
    }

    @Test func `an unknown serial number or device is refused`() throws {
        var open = try authority.open()
        #expect(throws: AuthorityError.self) { try open.revoke(.serial(text: "01:02"), because: "superseded") }
        #expect(throws: AuthorityError.self) { try open.revoke(.device(DeviceID()), because: "superseded") }
    }

    @Test func `a CA is not revoked but rotated`() throws {
        var open = try authority.open()
        let failure = #expect(throws: AuthorityError.self) {
            try open.revoke(.certificate(at: authority.folder.issuer(.edge)), because: "key-compromise")
        }
        #expect(failure?.code == .wrongStage)
    }

    @Test func `the number of a list only grows`() throws {
        let first = try Trust.RevocationList(DurableFile.read(authority.deviceListPath, limit: 100_000)).number
        do {
            var open = try authority.open()
            try open.signLists()
        }
        let second = try Trust.RevocationList(DurableFile.read(authority.deviceListPath, limit: 100_000)).number
        #expect(try #require(first) < #require(second))
    }

    @Test func `a stale list is found by verify and cured by signing again`() throws {
        let later = Date().addingTimeInterval(31 * 86_400)
        #expect(try !Verification.run(authority.folder, now: later).isGood)
        var open = try authority.open(at: later)
        try open.signLists()
        let checks = try Verification.run(authority.folder, now: later).checks
        #expect(checks.filter { $0.path.hasSuffix(".crl") }.allSatisfy { $0.problem == nil })
    }

    @Test func `verify stays content with what was revoked or ran out, and not with an edge that did`() throws {
        let (revoked, expired) = (DeviceID(), DeviceID())
        _ = try authority.issueDevice(id: revoked.description)
        try authority.revoke(device: revoked.description)
        _ = try authority.issueDevice(id: expired.description)
        #expect(try Verification.run(authority.folder).isGood)
        let inTenDays = Date().addingTimeInterval(10 * 86_400)
        let report = try Verification.run(authority.folder, now: inTenDays)
        #expect(report.isGood)
        let advice = report.checks.compactMap(\.advice)
        #expect(advice.contains("revoked") && advice.contains("expired: the device renews it, or is gone"))
        let inThirtyOneDays = Date().addingTimeInterval(31 * 86_400)
        let failed = try Verification.run(authority.folder, now: inThirtyOneDays).checks.filter { $0.problem != nil }
        let edge = try authority.edgeChainPath()
        #expect(failed.contains { $0.path == edge })
    }
}
