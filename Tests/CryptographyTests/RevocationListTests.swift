import Cryptography
import Foundation
import Testing

struct RevocationListTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)

    private func issuer(_ name: String) throws -> X509Certificate.Issuer {
        let key = try EVPKey.generate(.p384)
        let template = CertificateTemplate(
            subject: DistinguishedName(commonName: name),
            serial: try .random(),
            notBefore: start,
            notAfter: start.addingTimeInterval(86_400),
            extensions: [.authority(pathLength: 0), .signsCertificates, .subjectKeyIdentifier]
        )
        return try .init(certificate: .issue(template, for: key, by: nil), key: key)
    }

    @Test func `carries what was revoked, why, and its own number`() throws {
        let issuer = try issuer("A")
        let serial = try SerialNumber.random()
        let list = try RevocationList.issue(
            [.init(serial: serial, date: start, reason: .keyCompromise)],
            number: 258,
            from: start,
            until: start.addingTimeInterval(3_600),
            by: issuer
        )
        let read = try #require(try RevocationList.lists(pem: list.pem()).first)
        #expect(try read.serials() == [serial])
        #expect(try read.thisUpdate() == start)
        #expect(try read.nextUpdate() == start.addingTimeInterval(3_600))
        #expect(try read.isSigned(by: issuer.certificate))
        #expect(try !read.isSigned(by: self.issuer("A").certificate), "the same name with another key")
        let scratch = try Scratch()
        let text = try openssl("crl", "-in", scratch.write("a.crl", list.pem()), "-noout", "-text").text
        #expect(text.contains("Key Compromise") && text.contains("0x0102") || text.contains("258"))
        #expect(text.contains("Authority Key Identifier"))
    }

    @Test func `may be empty`() throws {
        let list = try RevocationList.issue(
            [],
            number: 1,
            from: start,
            until: start.addingTimeInterval(60),
            by: issuer("A")
        )
        #expect(try RevocationList.lists(pem: list.pem()).map { try $0.serials() } == [[]])
    }

    @Test func `refuses a file without a list`() {
        #expect(throws: CryptographyError.self) { try RevocationList.lists(pem: Array("nothing".utf8)) }
    }
}
