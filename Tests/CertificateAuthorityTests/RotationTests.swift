import CertificateAuthority
import Cryptography
import Foundation
import Settings
import TestSupport
import Testing
import Trust

struct RotationTests {
    private let authority: ThrowawayCA
    private let secret = Secret(Array(ThrowawayCA.passphrase.utf8))

    init() throws { authority = try ThrowawayCA(domain: "tunnel.test") }

    private func begin() throws {
        var open = try authority.open()
        try open.beginRotation(passphrase: secret, cost: .forTestsOnly)
    }

    private func change<Result>(_ body: (inout Authority) throws -> Result) throws -> Result {
        var open = try authority.open()
        return try body(&open)
    }

    private func bundle() throws -> OperatorBundle {
        try OperatorBundle.decode(DurableFile.read(authority.bundlePath, limit: 100_000))
    }

    /// What OpenSSL says of a device's chain with the roots of the bundle as it is now.
    private func isAccepted(_ path: String) throws -> Bool {
        let document = try BundleDocument.read(
            DurableFile.read(authority.bundlePath, limit: 100_000),
            path: authority.bundlePath
        )
        let roots = "\(authority.scratchPath)/roots.pem"
        try DurableFile.replace(roots, Array(document.roots.joined().utf8))
        return try OpenSSLCommand.run(
            "verify",
            "-x509_strict",
            "-purpose",
            "sslclient",
            "-CAfile",
            roots,
            "-no-CApath",
            "-no-CAstore",
            "-untrusted",
            path,
            path
        ).succeeded
    }

    private func isAcceptedByUs(_ path: String) throws -> Bool {
        let chain = try authority.folder.certificates(path).map { try $0.der() }
        let verifier = DeviceVerifier(anchors: try bundle().anchors(at: Date()), revocations: [])
        do throws(PeerRefusal) {
            _ = try verifier.verify(chain: chain, at: Date())
            return true
        } catch { return false }
    }

    @Test func `old and new leaves are good while two roots are in the bundle, and afterwards only new ones`() throws {
        let old = try authority.issueDevice()
        try begin()
        #expect(try bundle().rootSummaries.count == 2)
        let between = try authority.issueDevice()
        try change { try $0.switchRotation() }
        let new = try authority.issueDevice()
        for device in [old, between, new] {
            #expect(try isAccepted(device.chainPath))
            #expect(try isAcceptedByUs(device.chainPath))
        }
        #expect(try Verification.run(authority.folder).isGood)
        try change { try $0.finishRotation(force: true) }
        #expect(try bundle().rootSummaries.count == 1)
        #expect(try !isAccepted(old.chainPath) && !isAccepted(between.chainPath))
        #expect(try !isAcceptedByUs(old.chainPath) && !isAcceptedByUs(between.chainPath))
        #expect(try isAccepted(new.chainPath) && isAcceptedByUs(new.chainPath))
        #expect(try Audit.run(authority.folder).isClean)
    }

    @Test func `the first leaf of the next root is good with the bundle that was rolled out before`() throws {
        try begin()
        let rolledOut = try bundle().anchors(at: Date())
        try change { try $0.switchRotation() }
        let device = try authority.issueDevice()
        let chain = try authority.folder.certificates(device.chainPath).map { try $0.der() }
        #expect(throws: Never.self) {
            try DeviceVerifier(anchors: rolledOut, revocations: []).verify(chain: chain, at: Date())
        }
    }

    @Test func `a rotation does not finish while someone still depends on the old root`() throws {
        let id = DeviceID()
        _ = try authority.issueDevice(id: id.description)
        try begin()
        try change { try $0.switchRotation() }
        #expect(try change { try $0.rotationStatus() }.outstanding == [id.uri, "tunnel.test"])
        #expect(throws: AuthorityError.self) { try change { try $0.finishRotation(force: false) } }
        _ = try change { try $0.issueEdge(DomainName("tunnel.test"), renew: true) }
        _ = try authority.issueDevice(id: id.description)
        #expect(try change { try $0.rotationStatus() }.outstanding.isEmpty)
        try change { try $0.finishRotation(force: false) }
        #expect(authority.folder.rotationStage == .steady)
    }

    @Test func `each step is refused out of turn and changes nothing`() throws {
        #expect(throws: AuthorityError.self) { try change { try $0.switchRotation() } }
        #expect(throws: AuthorityError.self) { try change { try $0.finishRotation(force: true) } }
        try begin()
        #expect(throws: AuthorityError.self) { try begin() }
        #expect(throws: AuthorityError.self) { try change { try $0.finishRotation(force: true) } }
        #expect(authority.folder.rotationStage == .begun)
        #expect(try Audit.run(authority.folder).isClean)
    }

    @Test func `a second rotation can follow the first`() throws {
        for _ in 1...2 {
            try begin()
            try change { try $0.switchRotation() }
            try change { try $0.finishRotation(force: true) }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: authority.folder.retired).count == 2)
        #expect(try Audit.run(authority.folder).isClean)
    }

    @Test func `a rotation needs no root key, so it can be offline`() throws {
        try FileManager.default.removeItem(atPath: authority.folder.rootKey())
        try begin()
        try change { try $0.switchRotation() }
        #expect(try Verification.run(authority.folder).isGood)
    }

    @Test func `edges read the lists of both generations after the switch`() throws {
        let old = try authority.issueDevice()
        try change { try $0.switchRotation() }
        try authority.revoke(device: old.id)
        let lists = try RevocationList.lists(DurableFile.read(authority.deviceListPath, limit: 100_000))
        let issuers = try bundle().deviceIssuers
        #expect(lists.count == 2)
        let confirmed = try lists.map { try $0.confirmed(by: issuers) }
        let verifier = DeviceVerifier(anchors: try bundle().anchors(at: .now), revocations: confirmed)
        let chain = try PEM.certificates(old.chainPEM)
        #expect(throws: PeerRefusal.revoked) { try verifier.verify(chain: chain, at: .now) }
        let new = try PEM.certificates(authority.issueDevice().chainPEM)
        _ = try verifier.verify(chain: new, at: .now)
    }

    @Test func `what the old CA issued can be revoked after the switch`() throws {
        let id = DeviceID()
        let old = try authority.issueDevice(id: id.description)
        try begin()
        try change { try $0.switchRotation() }
        try authority.revoke(device: id.description)
        let lists = try RevocationList.lists(pem: DurableFile.read(authority.deviceListPath, limit: 100_000))
        #expect(lists.count == 2)
        #expect(try lists.flatMap { try $0.serials() }.map(\.description) == [old.serial])
    }
}
