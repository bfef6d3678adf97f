import CertificateAuthority
import Cryptography
import Foundation
import Settings
import TestSupport
import Testing

struct IssuingTests {
    private let authority: ThrowawayCA

    init() throws { authority = try ThrowawayCA(domain: "tunnel.test") }

    private func verify(_ path: String, purpose: String, _ more: String...) throws -> OpenSSLCommand.Outcome {
        let arguments =
            ["verify", "-x509_strict", "-purpose", purpose, "-CAfile", authority.rootPath, "-no-CApath", "-no-CAstore"]
            + more
            + ["-untrusted", path, path]
        return try OpenSSLCommand.run("/usr/bin/openssl", arguments)
    }

    private func text(of request: SigningRequest) throws -> String {
        String(decoding: try request.pem(), as: UTF8.self)
    }

    @Test func `openssl at its strictest accepts an edge as a server and as nothing else`() throws {
        let edge = try authority.edge()
        #expect(try verify(edge.chainPath, purpose: "sslserver").succeeded)
        let client = try verify(edge.chainPath, purpose: "sslclient")
        #expect(!client.succeeded)
        #expect(client.text.contains("unsuitable certificate purpose"))
    }

    @Test func `openssl at its strictest accepts a device as a client and as nothing else`() throws {
        let device = try authority.issueDevice()
        #expect(try verify(device.chainPath, purpose: "sslclient").succeeded)
        let server = try verify(device.chainPath, purpose: "sslserver")
        #expect(!server.succeeded)
        #expect(server.text.contains("unsuitable certificate purpose"))
    }

    @Test func `an edge has its own name only`() throws {
        let edge = try authority.issueEdge("eu.tunnel.test")
        #expect(try verify(edge.chainPath, purpose: "sslserver", "-verify_hostname", "eu.tunnel.test").succeeded)
        #expect(try !verify(edge.chainPath, purpose: "sslserver", "-verify_hostname", "tunnel.test").succeeded)
    }

    @Test func `a device is known by one critical uri below an empty subject`() throws {
        let id = DeviceID()
        let device = try authority.issueDevice(id: id.description)
        let leaf = try authority.folder.certificate(device.chainPath)
        #expect(try leaf.subject().isEmpty)
        #expect(try leaf.alternativeNames() == [.uri("osm://device/\(id)")])
        let names = try leaf.extensionTexts().first { $0.name == "X509v3 Subject Alternative Name" }
        #expect(names?.isCritical == true)
    }

    @Test func `lifetimes start five minutes ago and end as the profile says`() throws {
        let moment = Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.down))
        let leaf = try authority.folder.certificate(authority.issueDevice(at: moment).chainPath)
        #expect(try leaf.notBefore() == moment.addingTimeInterval(-300))
        #expect(try leaf.notAfter() == moment.addingTimeInterval(7 * 86_400))
        let edge = try authority.folder.certificate(authority.issueEdge("a.tunnel.test", at: moment).chainPath)
        #expect(try edge.notAfter() == moment.addingTimeInterval(30 * 86_400))
    }

    @Test func `no leaf outlives its issuer`() throws {
        let issuer = try authority.folder.certificate(authority.folder.issuer(.device))
        let late = try issuer.notAfter().addingTimeInterval(-3_600)
        let leaf = try authority.folder.certificate(authority.issueDevice(at: late).chainPath)
        #expect(try leaf.notAfter() == issuer.notAfter())
    }

    @Test func `an expired issuer issues nothing`() throws {
        let issuer = try authority.folder.certificate(authority.folder.issuer(.device))
        let tooLate = try issuer.notAfter().addingTimeInterval(1)
        #expect(throws: AuthorityError.self) { try authority.issueDevice(at: tooLate) }
    }

    @Test(arguments: ["evil.test", "xtunnel.test", "tunnel.test.evil.test", "*.tunnel.test", "10.0.0.1", ""])
    func `an edge outside the domain is refused`(name: String) {
        #expect(throws: AuthorityError.self) { try authority.issueEdge(name) }
    }

    @Test func `serial numbers are positive and have 128 random bits`() throws {
        let serials = try (0..<8).map { _ in try authority.issueDevice().serial }
        #expect(Set(serials).count == 8)
        #expect(serials.allSatisfy { $0.count == 32 })
    }

    @Test func `what a request asks for besides its key is ignored`() throws {
        let key = try EVPKey.generate(.p256)
        let request = try SigningRequest.make(
            key: key,
            subject: DistinguishedName(organization: "Evil", commonName: "tunnel.test"),
            extensions: [
                .authority(pathLength: 3), .serverAuthentication, .hosts(["tunnel.test"], critical: false),
                .signsCertificates,
            ]
        )
        let id = DeviceID()
        try authority.issueDevice(requestPEM: text(of: request), id: id.description)
        let leaf = try authority.folder.certificate(authority.folder.device(id))
        let plain = try authority.folder.certificate(authority.issueDevice().chainPath)
        #expect(try leaf.subject().isEmpty)
        #expect(try leaf.alternativeNames() == [.uri(id.uri)])
        #expect(try leaf.publicKey().publicKeyDER() == key.publicKeyDER())
        let (asked, unasked) = (try leaf.extensionTexts(), try plain.extensionTexts())
        #expect(asked.map(\.name) == unasked.map(\.name))
        for name in ["X509v3 Basic Constraints", "X509v3 Key Usage", "X509v3 Extended Key Usage"] {
            #expect(asked.first { $0.name == name } == unasked.first { $0.name == name })
        }
    }

    @Test func `a request whose signature is false is refused and nothing is written`() throws {
        let request = try SigningRequest.make(key: .generate(.p256), subject: DistinguishedName(commonName: "device"))
        let lines = try text(of: request).split(separator: "\n")
        var der = try #require(Data(base64Encoded: lines.dropFirst().dropLast().joined()))
        der[der.count - 1] ^= 1
        let forged =
            "-----BEGIN CERTIFICATE REQUEST-----\n\(der.base64EncodedString())\n-----END CERTIFICATE REQUEST-----\n"
        let id = DeviceID()
        #expect(throws: (any Error).self) { try authority.issueDevice(requestPEM: forged, id: id.description) }
        #expect(DurableFile.mode(authority.folder.device(id)) == nil)
        #expect(try Audit.run(authority.folder).isClean)
    }

    @Test func `a device's key on another curve is refused`() throws {
        let request = try SigningRequest.make(key: .generate(.p384), subject: DistinguishedName())
        #expect(throws: AuthorityError.self) {
            try authority.issueDevice(requestPEM: text(of: request), id: DeviceID().description)
        }
    }

    @Test func `a second certificate for the same edge needs renew, and the first is kept`() throws {
        let edge = try authority.issueEdge("eu.tunnel.test")
        let before = try DurableFile.read(edge.chainPath, limit: 100_000)
        let key = try DurableFile.read(edge.keyPath, limit: 100_000)
        #expect(throws: AuthorityError.self) { try authority.issueEdge("eu.tunnel.test") }
        #expect(try DurableFile.read(edge.chainPath, limit: 100_000) == before)
        var open = try authority.open()
        let renewed = try open.issueEdge(DomainName("eu.tunnel.test"), renew: true)
        #expect(renewed.serial != edge.serial)
        #expect(try DurableFile.read(edge.keyPath, limit: 100_000) == key)
        let past = "\(authority.folder.edges)/eu.tunnel.test/past/\(edge.serial).pem"
        #expect(try DurableFile.read(past, limit: 100_000) == before)
        #expect(try verify(edge.chainPath, purpose: "sslserver").succeeded)
    }

    @Test(arguments: ["tab\there", "quote\"", "back\\slash", "ünicode", "", String(repeating: "a", count: 101)])
    func `a label that would blur the log is refused`(label: String) throws {
        let request = try SigningRequest.make(key: .generate(.p256), subject: DistinguishedName())
        var open = try authority.open()
        #expect(throws: AuthorityError.self) {
            try open.issueDevice(request, id: DeviceID(), label: label, renew: false)
        }
    }
}
