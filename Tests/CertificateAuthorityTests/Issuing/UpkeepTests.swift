import Cryptography
import Foundation
import Settings
import TestSupport
import Testing

@testable import CertificateAuthority

@Suite(.timeLimit(.minutes(5)))
struct UpkeepTests {
    private let authority: ThrowawayCA
    private let start = Date()
    private let day: TimeInterval = 86_400

    init() throws { authority = try ThrowawayCA(domain: "tunnel.test") }

    private func serial(_ name: String = "tunnel.test") throws -> String {
        try authority.folder.certificate(authority.folder.edge(DomainName(name))).serial().description
    }

    @Test func `nothing is due in a new folder`() throws {
        var upkeep = Upkeep(authority.folder)
        #expect(upkeep.turn(at: start).isEmpty)
        #expect(upkeep.turn(at: start + 9 * day).isEmpty)
        #expect(try authority.folder.readLog().entries.count == 5)
    }

    @Test func `an edge is renewed after two thirds of its life, and keeps its key`() throws {
        let key = try DurableFile.read(authority.edgeKeyPath(), limit: 10_000)
        let before = try serial()
        var upkeep = Upkeep(authority.folder)
        #expect(!upkeep.turn(at: start + 19 * day).contains { if case .edgeRenewed = $0 { true } else { false } })
        let events = upkeep.turn(at: start + 20 * day)
        #expect(events.contains { if case .edgeRenewed("tunnel.test", _) = $0 { true } else { false } }, "\(events)")
        #expect(try serial() != before)
        #expect(try DurableFile.read(authority.edgeKeyPath(), limit: 10_000) == key)
        #expect(upkeep.turn(at: start + 20 * day).isEmpty)
        #expect(try Audit.run(authority.folder).isClean)
    }

    @Test func `an edge that was revoked is not renewed`() throws {
        let before = try serial()
        var opened = try authority.open()
        _ = try opened.revoke(.serial(text: before), because: "key-compromise")
        _ = consume opened
        var upkeep = Upkeep(authority.folder)
        for days in [20.0, 21, 40] { _ = upkeep.turn(at: start + days * day) }
        #expect(try serial() == before)
    }

    @Test func `every edge is renewed as soon as another root issues`() throws {
        try authority.issueEdge("eu.tunnel.test")
        var opened = try authority.open()
        try opened.beginRotation(passphrase: Secret(Array("six random words".utf8)), cost: .forTestsOnly)
        try opened.switchRotation()
        _ = consume opened
        var upkeep = Upkeep(authority.folder)
        let renewed = upkeep.turn(at: Date()).compactMap { event -> String? in
            if case .edgeRenewed(let name, _) = event { name } else { nil }
        }
        #expect(renewed == ["eu.tunnel.test", "tunnel.test"])
        #expect(try authority.open().rotationStatus().outstanding.isEmpty)
    }

    @Test func `lists are signed after a third of their life, and when one is missing`() throws {
        var upkeep = Upkeep(authority.folder)
        #expect(upkeep.turn(at: start + 11 * day) == [.listsSigned])
        #expect(upkeep.turn(at: start + 12 * day).isEmpty)
        try DurableFile.remove(authority.deviceListPath)
        #expect(upkeep.turn(at: start + 12 * day) == [.listsSigned])
        let lists = try RevocationList.lists(pem: DurableFile.read(authority.deviceListPath, limit: 100_000))
        #expect(try lists[0].thisUpdate().rfc3339 == (start + 12 * day).rfc3339)
    }

    @Test func `a revocation whose lists were never written is noticed at once`() throws {
        let device = try authority.issueDevice()
        var upkeep = Upkeep(authority.folder)
        #expect(upkeep.turn(at: Date()).isEmpty)
        let lists = try DurableFile.read(authority.deviceListPath, limit: 100_000)
        try authority.revoke(device: device.id)
        // As after a kill between the log and the lists.
        try DurableFile.replace(authority.deviceListPath, lists)
        #expect(upkeep.turn(at: Date()) == [.listsSigned])
        let list = try RevocationList.lists(pem: DurableFile.read(authority.deviceListPath, limit: 100_000))[0]
        #expect(try list.serials().map(\.description) == [device.serial])
    }

    @Test func `what an edge needs is handed out once, and again when it changes`() throws {
        let place = "\(authority.scratchPath)/edge"
        try DurableFile.makeFolder(place)
        var upkeep = Upkeep(authority.folder, edgeFiles: EdgePublication(to: place))
        let all = ["edge.key", "edge.pem", "operator-ca.json", "devices.crl"]
        #expect(upkeep.turn(at: start) == [.edgePublished(files: all)])
        #expect(DurableFile.mode("\(place)/edge.key") == 0o640)
        #expect(DurableFile.mode("\(place)/edge.pem") == 0o644)
        #expect(upkeep.turn(at: start).isEmpty)
        try FileManager.default.setAttributes([.posixPermissions: 0o440], ofItemAtPath: "\(place)/devices.crl")
        try authority.revoke(device: try authority.issueDevice().id)
        // The bundle differs by the second in which it was written, if at all.
        let lists = [["operator-ca.json", "devices.crl"], ["devices.crl"]]
        let events = upkeep.turn(at: Date())
        #expect(lists.contains { events == [.edgePublished(files: $0)] })
        #expect(DurableFile.mode("\(place)/devices.crl") == 0o440)
        #expect(try FileManager.default.contentsOfDirectory(atPath: place).count == 4)
        let copy = try DurableFile.read("\(place)/devices.crl", limit: 100_000)
        #expect(try copy == DurableFile.read(authority.deviceListPath, limit: 100_000))
    }

    @Test func `a duty that fails is tried again, each time later, and hinders no other`() throws {
        let place = "\(authority.scratchPath)/edge"
        var upkeep = Upkeep(authority.folder, edgeFiles: EdgePublication(to: place))
        var (now, waits) = (start, [Int]())
        for _ in 0..<10 {
            guard case .failed(.edgeFiles, _, let wait)? = upkeep.turn(at: now).first else { break }
            #expect(upkeep.turn(at: now + Double(wait) - 1).isEmpty)
            waits.append(wait)
            now += TimeInterval(wait)
        }
        #expect(waits == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300])
        try DurableFile.makeFolder(place)
        #expect(upkeep.turn(at: now).count == 1)
        #expect(upkeep.turn(at: now + 1).isEmpty)
    }

    @Test func `of several edges the one that the bundle names first is handed out`() throws {
        let authority = try ThrowawayCA(domain: "tunnel.test", edges: ["203.0.113.7:8443", "eu.tunnel.test:8443"])
        try authority.issueEdge("eu.tunnel.test")
        #expect(try authority.folder.firstEdge().description == "eu.tunnel.test")
    }
}
