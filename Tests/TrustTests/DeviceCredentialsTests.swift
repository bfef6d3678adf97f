import Foundation
import SwiftASN1
import Testing
import X509

@testable import Trust

struct DeviceCredentialsTests {
    private let owner: Operator
    private let anchors: TrustAnchors
    private let request: (keyPEM: String, requestPEM: String)

    init() throws {
        owner = try Operator()
        anchors = TrustAnchors(roots: [try PeerCertificate(der: owner.root.der)])
        request = try DeviceCredentials.request(commonName: "laptop")
    }

    private func credentials(
        issuer: Minted? = nil,
        _ spoil: (inout Recipe) -> Void = { _ in }
    ) throws -> DeviceCredentials {
        let key = try Certificate.PrivateKey(pemEncoded: request.keyPEM)
        let leaf = try Operator.spoilt(Operator.deviceLeaf, spoil).minted(by: issuer ?? owner.deviceCA, key: key)
        return try DeviceCredentials(
            keyPEM: request.keyPEM,
            chainPEM: try leaf.pem + (issuer ?? owner.deviceCA).pem
        )
    }

    @Test func `asks with a request that proves the possession of its key`() throws {
        let asked = try CertificateSigningRequest(pemEncoded: request.requestPEM)
        #expect(asked.publicKey.isValidSignature(asked.signature, for: asked))
        #expect(asked.publicKey == (try Certificate.PrivateKey(pemEncoded: request.keyPEM)).publicKey)
        #expect(request.keyPEM.hasPrefix("-----BEGIN PRIVATE KEY-----"))
    }

    @Test func `asks in a form that OpenSSL verifies`() throws {
        try OpenSSL.withTemporaryFolder { folder in
            let file = folder.appending(path: "csr")
            try Data(request.requestPEM.utf8).write(to: file)
            let answer = try OpenSSL.run(["req", "-in", file.path, "-noout", "-verify"])
            #expect(answer.accepts, "\(answer.output)")
        }
    }

    @Test func `makes credentials that an edge accepts`() throws {
        let credentials = try credentials()
        #expect(credentials.identity.id == Operator.device)
        #expect(credentials.chain == (try PEM.certificates(credentials.chainPEM)))
        #expect(credentials.chain.count == 2)
        try credentials.check(against: anchors, at: Operator.now)
    }

    @Test func `knows before dialling what an edge would refuse`() throws {
        let good = try credentials()
        let stranger = TrustAnchors(roots: [try PeerCertificate(der: try Operator().root.der)])
        #expect(throws: PeerRefusal.expired) { try good.check(against: anchors, at: good.notAfter + 1) }
        #expect(throws: PeerRefusal.notYetValid) { try good.check(against: anchors, at: good.notBefore - 1) }
        #expect(throws: PeerRefusal.unknownIssuer) { try good.check(against: stranger, at: Operator.now) }
        let server = try credentials { $0.usages = [.serverAuth] }
        #expect(throws: PeerRefusal.wrongPurpose) { try server.check(against: anchors, at: Operator.now) }
    }

    @Test func `shows no key when it is printed`() throws {
        let credentials = try credentials()
        var dumped = ""
        dump(credentials, to: &dumped)
        for text in ["\(credentials)", String(reflecting: credentials), String(describing: [credentials]), dumped] {
            #expect(!text.contains("KEY"))
            #expect(text.contains(Operator.device))
        }
    }

    @Test func `refuses a certificate for another key, without a device, and rubbish`() throws {
        let other = try DeviceCredentials.request(commonName: "laptop").keyPEM
        let chain = try credentials().chainPEM
        #expect(throws: DeviceCredentialsError.keyMismatch) {
            try DeviceCredentials(keyPEM: other, chainPEM: chain)
        }
        #expect(throws: DeviceCredentialsError.notADevice) {
            _ = try credentials { $0.names = [.dnsName("example.com")] }
        }
        #expect(throws: DeviceCredentialsError.unreadable) {
            try DeviceCredentials(keyPEM: request.keyPEM, chainPEM: "")
        }
        #expect(throws: DeviceCredentialsError.unreadable) {
            try DeviceCredentials(keyPEM: "no key", chainPEM: chain)
        }
    }
}
