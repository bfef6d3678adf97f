import CertificateAuthority
import Cryptography
import Foundation
import Settings
import TestSupport
import Testing

/// What a killed process or a full disk may leave, and what the next command makes of it.
struct RecoveryTests {
    private let authority: ThrowawayCA

    init() throws { authority = try ThrowawayCA(domain: "tunnel.test") }

    private func append(_ bytes: some Sequence<UInt8>) throws {
        try DurableFile.append(Array(bytes), to: authority.folder.log)
    }

    @Test func `a torn last line is noted by the audit and cut off by the next command`() throws {
        let whole = try DurableFile.read(authority.folder.log, limit: 1_000_000)
        try append(whole.prefix(100))
        let report = try Audit.run(authority.folder)
        #expect(report.isClean)
        #expect(report.notes.count == 1)
        _ = try authority.issueDevice()
        let after = try DurableFile.read(authority.folder.log, limit: 1_000_000)
        #expect(after.starts(with: whole))
        #expect(
            after.split(separator: UInt8(ascii: "\n")).count == whole.split(separator: UInt8(ascii: "\n")).count + 1
        )
        let settled = try Audit.run(authority.folder)
        #expect(settled.isClean && settled.notes.isEmpty)
    }

    @Test func `an entry without its signed head is noted by the audit and signed by the next command`() throws {
        let head = try DurableFile.read(authority.folder.logHead, limit: 10_000)
        _ = try authority.issueDevice()
        try DurableFile.replace(authority.folder.logHead, head)
        let report = try Audit.run(authority.folder)
        #expect(report.isClean)
        #expect(report.notes.map(\.place) == [authority.folder.logHead])
        _ = try authority.issueDevice()
        #expect(try Audit.run(authority.folder).notes.isEmpty)
    }

    @Test func `an entry whose certificate was never written does no harm`() throws {
        let id = DeviceID()
        _ = try authority.issueDevice(id: id.description)
        try FileManager.default.removeItem(atPath: authority.folder.device(id))
        #expect(try Audit.run(authority.folder).isClean)
        _ = try authority.issueDevice(id: id.description)
        #expect(try Audit.run(authority.folder).isClean)
    }

    @Test func `a key whose certificate was never written is used by the next attempt`() throws {
        let edge = try authority.issueEdge("eu.tunnel.test")
        let key = try DurableFile.read(edge.keyPath, limit: 10_000)
        try FileManager.default.removeItem(atPath: edge.chainPath)
        _ = try authority.issueEdge("eu.tunnel.test")
        #expect(try DurableFile.read(edge.keyPath, limit: 10_000) == key)
        #expect(try Verification.run(authority.folder).isGood)
    }

    @Test func `a revocation that never reached the lists is found by verify and listed by the next command`() throws {
        let id = DeviceID()
        let device = try authority.issueDevice(id: id.description)
        let lists = try DurableFile.read(authority.deviceListPath, limit: 100_000)
        try authority.revoke(device: id.description)
        try DurableFile.replace(authority.deviceListPath, lists)
        let failed = try Verification.run(authority.folder).checks.filter { $0.problem != nil }
        #expect(failed.map(\.path) == [authority.folder.log])
        _ = try authority.issueDevice()
        let list = try RevocationList.lists(pem: DurableFile.read(authority.deviceListPath, limit: 100_000))
        #expect(try list.flatMap { try $0.serials() }.map(\.description) == [device.serial])
    }

    @Test func `stray neighbours of a killed write are swept away`() throws {
        let stray = "\(authority.folder.path)/crl/.devices.crl.1234\(DurableFile.strayEnding)"
        try DurableFile.create(stray, Array("half a list".utf8))
        #expect(try Audit.run(authority.folder).isClean)
        _ = try authority.issueDevice()
        #expect(DurableFile.mode(stray) == nil)
    }

    @Test func `a switch that was cut off between any two moves is finished by the next command`() throws {
        for done in 0...AuthorityFolder.generationParts.count {
            let authority = try ThrowawayCA(domain: "tunnel.test")
            let folder = authority.folder
            do {
                var open = try authority.open()
                try open.beginRotation(passphrase: Secret(Array(ThrowawayCA.passphrase.utf8)), cost: .forTestsOnly)
            }
            let newRoot = try folder.certificate(folder.root(.next)).fingerprint()
            try DurableFile.makeFolder(folder.base(.previous))
            for part in AuthorityFolder.generationParts.prefix(done) {
                try DurableFile.move("\(folder.path)/\(part)", to: "\(folder.base(.previous))/\(part)")
                guard part != AuthorityFolder.generationParts.prefix(done).last else { break }  // cut off in mid-part
                try DurableFile.move("\(folder.base(.next))/\(part)", to: "\(folder.path)/\(part)")
            }
            let device = try authority.issueDevice()
            #expect(try folder.rootFingerprint() == newRoot, "\(done) parts")
            #expect(folder.rotationStage == .switched)
            #expect(try Verification.run(folder).isGood, "\(done) parts")
            #expect(try Audit.run(folder).isClean)
            #expect(DurableFile.mode(device.chainPath) != nil)
        }
    }

    @Test func `a failed init leaves nothing behind`() throws {
        let parent = "\(authority.scratchPath)/parent"
        try DurableFile.makeFolder(parent)
        let folder = AuthorityFolder("\(parent)/ca")
        let plan = NewAuthority(domain: try DomainName("tunnel.test"), cost: .forTestsOnly)
        #expect(throws: AuthorityError.self) { try plan.create(in: folder, passphrase: Secret(Array("short".utf8))) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: parent).isEmpty)
    }

    @Test func `init never touches a folder that has something in it`() throws {
        let before = try DurableFile.read(authority.folder.rootKey(), limit: 10_000)
        let plan = NewAuthority(domain: try DomainName("tunnel.test"), cost: .forTestsOnly)
        let failure = #expect(throws: AuthorityError.self) {
            try plan.create(in: authority.folder, passphrase: Secret(Array(ThrowawayCA.passphrase.utf8)))
        }
        #expect(failure?.code == .exists)
        #expect(try DurableFile.read(authority.folder.rootKey(), limit: 10_000) == before)
    }

    @Test func `every file is 0600 and every folder 0700`() throws {
        _ = try authority.issueDevice()
        let path = authority.folder.path
        #expect(DurableFile.mode(path) == 0o700)
        for name in try FileManager.default.subpathsOfDirectory(atPath: path) {
            let kind = try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")[.type] as? FileAttributeType
            #expect(DurableFile.mode("\(path)/\(name)") == (kind == .typeDirectory ? 0o700 : 0o600), "\(name)")
        }
    }
}
