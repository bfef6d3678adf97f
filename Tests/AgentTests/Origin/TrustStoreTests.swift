import NIOSSL
import Testing

@testable import Agent

struct TrustStoreTests {
    private static let systems = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem",
    ]

    @Test(arguments: systems)
    func `each distribution's file is found where it lies`(path: String) {
        #expect(TrustStore.roots([:]) { $0 == path } == .file(path))
    }

    @Test func `SSL_CERT_FILE goes before all of them, unless it is empty`() {
        #expect(TrustStore.roots(["SSL_CERT_FILE": "/mine.pem"]) { _ in true } == .file("/mine.pem"))
        #expect(TrustStore.roots(["SSL_CERT_FILE": ""]) { _ in true } == .file(Self.systems[0]))
    }

    @Test func `where there is none, it is left to NIOSSL`() {
        #expect(TrustStore.roots([:]) { _ in false } == .default)
    }
}
