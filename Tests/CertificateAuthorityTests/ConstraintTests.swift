import CertificateAuthority
import Cryptography
import Foundation
import TestSupport
import Testing
import Trust

/// Certificates that the issuing CAs could be made to sign with stolen keys, and that nobody may accept.
struct ConstraintTests {
    private let authority: ThrowawayCA

    init() throws { authority = try ThrowawayCA(domain: "tunnel.test") }

    private func forge(
        _ extensions: [CertificateExtension],
        by role: IssuerRole,
        lifetime: TimeInterval = 86_400
    ) throws -> String {
        let folder = authority.folder
        let issuer = try X509Certificate.Issuer(
            certificate: folder.certificate(folder.issuer(role)),
            key: EVPKey(pem: DurableFile.read(folder.issuerKey(role), limit: 100_000))
        )
        let template = CertificateTemplate(
            subject: DistinguishedName(),
            serial: try .random(),
            notBefore: Date().addingTimeInterval(-600),
            notAfter: Date().addingTimeInterval(lifetime),
            extensions: extensions + [.subjectKeyIdentifier, .authorityKeyIdentifier]
        )
        let leaf = try X509Certificate.issue(template, for: .generate(.p256), by: issuer)
        let path = "\(authority.scratchPath)/\(template.serial).pem"
        try DurableFile.create(path, leaf.pem() + issuer.certificate.pem())
        return path
    }

    private func opinion(_ path: String, purpose: String) throws -> String {
        let outcome = try OpenSSLCommand.run(
            "verify",
            "-x509_strict",
            "-purpose",
            purpose,
            "-CAfile",
            authority.rootPath,
            "-no-CApath",
            "-no-CAstore",
            "-untrusted",
            path,
            path
        )
        return outcome.succeeded ? "accepted" : outcome.text
    }

    private func ours(_ path: String, server name: String) throws -> PeerRefusal? {
        let anchors = try anchors()
        let chain = try authority.folder.certificates(path).map { try $0.der() }
        do throws(PeerRefusal) {
            _ = try EdgeVerifier(anchors: anchors).verify(chain: chain, serverName: name, at: Date())
            return nil
        } catch { return error }
    }

    private func oursAsDevice(_ path: String) throws -> PeerRefusal? {
        let anchors = try anchors()
        let chain = try authority.folder.certificates(path).map { try $0.der() }
        do throws(PeerRefusal) {
            _ = try DeviceVerifier(anchors: anchors, revocations: []).verify(chain: chain, at: Date())
            return nil
        } catch { return error }
    }

    private func anchors() throws -> TrustAnchors {
        try OperatorBundle.decode(DurableFile.read(authority.bundlePath, limit: 100_000)).anchors(at: Date())
    }

    @Test func `what the CA issues is accepted by our own check too`() throws {
        #expect(try ours(authority.edge().chainPath, server: authority.domain) == nil)
        #expect(try oursAsDevice(authority.issueDevice().chainPath) == nil)
    }

    @Test(arguments: ["evil.test", "notunnel.test", "test"])
    func `a host outside the domain is refused by openssl and by our own check`(name: String) throws {
        let path = try forge(
            [.endEntity, .signsHandshakes, .serverAuthentication, .hosts([name], critical: true)],
            by: .edge
        )
        #expect(try opinion(path, purpose: "sslserver").contains("permitted subtree violation"))
        #expect(try ours(path, server: name) == .constraintViolated)
    }

    @Test func `a device uri on another host is refused by openssl and by our own check`() throws {
        let uri = "osm://operator/\(DeviceID())"
        let path = try forge(
            [.endEntity, .signsHandshakes, .clientAuthentication, .uri(uri, critical: true)],
            by: .device
        )
        #expect(try opinion(path, purpose: "sslclient").contains("permitted subtree violation"))
        #expect(try oursAsDevice(path) != nil)
    }

    @Test func `a server's certificate from the device CA is refused by openssl and by our own check`() throws {
        let path = try forge(
            [.endEntity, .signsHandshakes, .serverAuthentication, .hosts([authority.domain], critical: true)],
            by: .device
        )
        #expect(try opinion(path, purpose: "sslserver").contains("unsuitable certificate purpose"))
        #expect(try ours(path, server: authority.domain) != nil)
    }

    @Test func `a device's certificate from the edge CA is refused by openssl and by our own check`() throws {
        let path = try forge(
            [.endEntity, .signsHandshakes, .clientAuthentication, .uri(DeviceID().uri, critical: true)],
            by: .edge
        )
        #expect(try opinion(path, purpose: "sslclient").contains("unsuitable certificate purpose"))
        #expect(try oursAsDevice(path) != nil)
    }

    @Test func `a CA below an issuing CA breaks the path length for openssl and for our own check`() throws {
        let folder = authority.folder
        let issuer = try X509Certificate.Issuer(
            certificate: folder.certificate(folder.issuer(.edge)),
            key: EVPKey(pem: DurableFile.read(folder.issuerKey(.edge), limit: 100_000))
        )
        let key = try EVPKey.generate(.p256)
        let dates = (Date().addingTimeInterval(-600), Date().addingTimeInterval(86_400))
        let below = try X509Certificate.issue(
            CertificateTemplate(
                subject: DistinguishedName(commonName: "Third"),
                serial: .random(),
                notBefore: dates.0,
                notAfter: dates.1,
                extensions: [
                    .authority(pathLength: 0), .signsCertificates, .serverAuthentication, .subjectKeyIdentifier,
                    .authorityKeyIdentifier,
                ]
            ),
            for: key,
            by: issuer
        )
        let leaf = try X509Certificate.issue(
            CertificateTemplate(
                subject: DistinguishedName(),
                serial: .random(),
                notBefore: dates.0,
                notAfter: dates.1,
                extensions: [
                    .endEntity, .signsHandshakes, .serverAuthentication, .hosts([authority.domain], critical: true),
                    .subjectKeyIdentifier, .authorityKeyIdentifier,
                ]
            ),
            for: .generate(.p256),
            by: .init(certificate: below, key: key)
        )
        let path = "\(authority.scratchPath)/third.pem"
        try DurableFile.create(path, leaf.pem() + below.pem() + issuer.certificate.pem())
        #expect(try opinion(path, purpose: "sslserver").contains("path length constraint exceeded"))
        #expect(try ours(path, server: authority.domain) != nil)
    }

    @Test func `an edge of one operator is refused by the agents of another`() throws {
        let other = try ThrowawayCA(domain: "tunnel.test")
        let path = try other.edge().chainPath
        #expect(try opinion(path, purpose: "sslserver") != "accepted")
        #expect(try ours(path, server: authority.domain) != nil)
    }

    @Test func `agents refuse a sample bundle`() throws {
        let sample = try ThrowawayCA(domain: "tunnel.test", isSample: true)
        let bundle = try OperatorBundle.decode(DurableFile.read(sample.bundlePath, limit: 100_000))
        #expect(bundle.isSample)
        #expect(try sample.folder.certificate(sample.rootPath).subject().contains("SAMPLE"))
        #expect(throws: BundleRefusal.sample) { try bundle.anchors(at: Date()) }
    }
}
