import CertificateAuthority
import Cryptography
import Foundation
import TestSupport
import Testing

struct AuditTests {
    private let authority: ThrowawayCA
    private let log: [UInt8]

    init() throws {
        authority = try ThrowawayCA(domain: "tunnel.test")
        _ = try authority.issueDevice()
        _ = try authority.issueEdge("eu.tunnel.test")
        log = try DurableFile.read(authority.folder.log, limit: 1_000_000)
    }

    private func audit(withLog bytes: [UInt8]) throws -> AuditReport {
        try DurableFile.replace(authority.folder.log, bytes)
        return try Audit.run(authority.folder)
    }

    private var lines: [[UInt8]] { log.split(separator: UInt8(ascii: "\n")).map { Array($0) + [UInt8(ascii: "\n")] } }

    @Test func `an untouched folder is clean`() throws {
        let report = try Audit.run(authority.folder)
        #expect(report.isClean)
        #expect(report.notes.isEmpty)
        #expect(report.entries == lines.count)
        #expect(report.certificates == 6)  // three CAs, two edges, one device
    }

    @Test(.timeLimit(.minutes(10))) func `any flipped byte is found`() async throws {
        // Every byte of two lines, among them the last with its line feed, and a few of each other line.
        let length = lines[0].count
        let tail = log.count - (lines.last?.count ?? 0)
        let places = Array(0..<length) + stride(from: length, to: tail, by: 41) + Array(tail..<log.count)
        for place in places {
            var damaged = log
            damaged[place] ^= 1
            #expect(try !audit(withLog: damaged).isClean, "byte \(place)")
            await Task.yield()
        }
    }

    @Test func `a changed letter case is found`() throws {
        var damaged = log
        let digits = Array("abcdef".utf8)
        let place = try #require(damaged.firstIndex { digits.contains($0) })
        damaged[place] ^= 0x20
        #expect(try !audit(withLog: damaged).isClean)
    }

    @Test func `any removed line is found, the last one too`() throws {
        for index in lines.indices {
            var rest = lines
            rest.remove(at: index)
            #expect(try !audit(withLog: Array(rest.joined())).isClean, "line \(index + 1)")
        }
    }

    @Test func `two lines that changed places are found, with their numbers`() throws {
        var swapped = lines
        swapped.swapAt(3, 4)
        let report = try audit(withLog: Array(swapped.joined()))
        #expect(report.findings.contains { $0.place.hasSuffix("issuance.jsonl:4") })
    }

    @Test func `a missing or empty log is found`() throws {
        #expect(try !audit(withLog: []).isClean)
        try FileManager.default.removeItem(atPath: authority.folder.log)
        #expect(try !Audit.run(authority.folder).isClean)
    }

    @Test func `a missing head is found`() throws {
        try FileManager.default.removeItem(atPath: authority.folder.logHead)
        #expect(try !Audit.run(authority.folder).isClean)
    }

    @Test func `any flipped byte of the head is found`() async throws {
        let head = try DurableFile.read(authority.folder.logHead, limit: 10_000)
        for place in head.indices {
            var damaged = head
            damaged[place] ^= 1
            try DurableFile.replace(authority.folder.logHead, damaged)
            #expect(try !Audit.run(authority.folder).isClean, "byte \(place)")
            await Task.yield()
        }
    }

    @Test func `the log and the head of another operator are found`() throws {
        let other = try ThrowawayCA(domain: "tunnel.test")
        for (path, theirs) in [
            (authority.folder.log, other.folder.log), (authority.folder.logHead, other.folder.logHead),
        ] {
            try DurableFile.replace(path, DurableFile.read(theirs, limit: 1_000_000))
        }
        #expect(try !Audit.run(authority.folder).isClean)
    }

    @Test func `a certificate that is not in the log is found`() throws {
        let folder = authority.folder
        let issuer = try X509Certificate.Issuer(
            certificate: folder.certificate(folder.issuer(.device)),
            key: EVPKey(pem: DurableFile.read(folder.issuerKey(.device), limit: 100_000))
        )
        let id = DeviceID()
        let template = CertificateTemplate(
            subject: DistinguishedName(),
            serial: try .random(),
            notBefore: Date(),
            notAfter: Date().addingTimeInterval(3_600),
            extensions: [.clientAuthentication, .uri(id.uri, critical: true)]
        )
        let smuggled = try X509Certificate.issue(template, for: .generate(.p256), by: issuer)
        try DurableFile.create(folder.device(id), smuggled.pem() + issuer.certificate.pem())
        let report = try Audit.run(folder)
        #expect(report.findings.map(\.place) == [folder.device(id)])
    }

    @Test func `a device's certificate under the name of an edge is found`() throws {
        let folder = authority.folder
        try DurableFile.replace(
            folder.issuer(.edge),
            DurableFile.read(folder.edge(DomainName("tunnel.test")), limit: 100_000)
        )
        // The file is in the log, but it is no CA; nothing below it can be verified any more.
        #expect(try !Verification.run(folder).isGood)
    }

    @Test func `nothing is issued on a damaged log`() throws {
        var damaged = log
        damaged[10] ^= 1
        try DurableFile.replace(authority.folder.log, damaged)
        let failure = #expect(throws: AuthorityError.self) { try authority.issueDevice() }
        #expect(failure?.code == .damagedLog)
        #expect(try DurableFile.read(authority.folder.log, limit: 1_000_000) == damaged)
    }

    @Test func `each line is the documented canonical form`() throws {
        for line in lines {
            let text = String(decoding: line, as: UTF8.self)
            #expect(text.hasPrefix("{\"event\":\""))
            let end = try #require(text.firstRange(of: ",\"hash\":\""))
            let rest = text[end.upperBound...]
            let hash = String(rest.prefix(64))
            let unsealed = String(text[..<end.lowerBound] + rest.dropFirst(65)).dropLast()
            #expect(try Digest.sha256(Array(unsealed.utf8)).hexadecimal == hash)
        }
    }
}
