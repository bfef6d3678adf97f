import Cryptography
import Foundation
import Testing

struct X509CertificateTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)

    private func template(_ extensions: [CertificateExtension], lifetime: TimeInterval = 3_600) throws
        -> CertificateTemplate
    {
        CertificateTemplate(
            subject: DistinguishedName(organization: "Example", commonName: "Root"),
            serial: try .random(),
            notBefore: start,
            notAfter: start.addingTimeInterval(lifetime),
            extensions: extensions
        )
    }

    @Test func `keeps what the template says`() throws {
        let template = try template([.endEntity, .hosts(["a.example", "b.example"], critical: false)])
        let key = try EVPKey.generate(.p256)
        let certificate = try X509Certificate(pem: X509Certificate.issue(template, for: key, by: nil).pem())
        #expect(try certificate.serial() == template.serial)
        #expect(try certificate.notBefore() == start)
        #expect(try certificate.notAfter() == start.addingTimeInterval(3_600))
        #expect(try certificate.subject() == "CN=Root,O=Example")
        #expect(try certificate.alternativeNames() == [.host("a.example"), .host("b.example")])
        #expect(try certificate.publicKey().publicKeyDER() == key.publicKeyDER())
        #expect(try certificate.isSigned(by: certificate))
    }

    @Test func `reads dates beyond the year 2049`() throws {
        let certificate = try X509Certificate.issue(
            template([.endEntity], lifetime: 40 * 365 * 86_400),
            for: .generate(.p256),
            by: nil
        )
        #expect(try certificate.notAfter() == start.addingTimeInterval(40 * 365 * 86_400))
    }

    @Test(arguments: [
        "a.example,IP:1.2.3.4", "a.example\nDNS:b", "", "a;b", "a b", "\u{e4}.example", "a\0b", "@section",
    ])
    func `refuses a name that could mean more than itself`(name: String) throws {
        let template = try template([.hosts([name], critical: false)])
        let key = try EVPKey.generate(.p256)
        #expect { try X509Certificate.issue(template, for: key, by: nil) } throws: {
            ($0 as? CryptographyError)?.code == .invalidValue
        }
    }

    @Test func `refuses a subject longer than the standard allows`() throws {
        var template = try template([])
        template.subject = DistinguishedName(commonName: String(repeating: "x", count: 65))
        let key = try EVPKey.generate(.p256)
        #expect { try X509Certificate.issue(template, for: key, by: nil) } throws: {
            ($0 as? CryptographyError)?.code == .invalidValue
        }
    }

    @Test func `cannot be issued with the key of another CA`() throws {
        let root = try X509Certificate.issue(template([.authority(pathLength: 0)]), for: .generate(.p256), by: nil)
        let stranger = try EVPKey.generate(.p256)
        #expect(throws: CryptographyError.self) { try X509Certificate.Issuer(certificate: root, key: stranger) }
    }

    @Test func `reads every certificate of a file and none of a damaged one`() throws {
        let one = try X509Certificate.issue(template([.endEntity]), for: .generate(.p256), by: nil).pem()
        let two = try X509Certificate.issue(template([.endEntity]), for: .generate(.p256), by: nil).pem()
        #expect(try X509Certificate.chain(pem: one + two).map { try $0.pem() } == [one, two])
        var damaged = one + two
        damaged[one.count + 60] = UInt8(ascii: "!")
        #expect(throws: CryptographyError.self) { try X509Certificate.chain(pem: damaged) }
        #expect(throws: CryptographyError.self) { try X509Certificate.chain(pem: []) }
        let many = Array(repeating: one, count: 9).flatMap(\.self)
        #expect(throws: CryptographyError.self) { try X509Certificate.chain(pem: many) }
    }
}
