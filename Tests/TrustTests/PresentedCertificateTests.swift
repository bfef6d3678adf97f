import Crypto
import Foundation
import SwiftASN1
import Testing
import Trust
import X509

struct PresentedCertificateTests {
    private func certificate(issuedBy issuer: DistinguishedName) throws -> [UInt8] {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let certificate = try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: key.publicKey,
            notValidBefore: Date(),
            notValidAfter: Date(timeIntervalSinceNow: 60),
            issuer: issuer,
            subject: try DistinguishedName { CommonName("edge.example") },
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions(),
            issuerPrivateKey: key
        )
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        return serializer.serializedBytes
    }

    @Test func `the issuer is the common name, or else the organisation`() throws {
        let both = try DistinguishedName {
            OrganizationName("Corp")
            CommonName("Corp Proxy CA")
        }
        #expect(PresentedCertificate(der: try certificate(issuedBy: both))?.issuer == "Corp Proxy CA")
        let one = try DistinguishedName { OrganizationName("Corp") }
        #expect(PresentedCertificate(der: try certificate(issuedBy: one))?.issuer == "Corp")
        let none = try DistinguishedName { CountryName("DE") }
        #expect(PresentedCertificate(der: try certificate(issuedBy: none))?.issuer == nil)
    }

    @Test func `the issuer cannot do anything to a terminal`() throws {
        let issuer = try DistinguishedName { CommonName("a\u{1B}[31m\r\nb\u{202E}c\u{7}é") }
        #expect(PresentedCertificate(der: try certificate(issuedBy: issuer))?.issuer == "a?[31m??b?c?é")
    }

    @Test func `the issuer is cut when it is long`() throws {
        let issuer = try DistinguishedName { CommonName(String(repeating: "x", count: 5000)) }
        #expect(
            PresentedCertificate(der: try certificate(issuedBy: issuer))?.issuer == String(repeating: "x", count: 64)
                + "…"
        )
    }

    @Test func `what is no certificate says nothing`() {
        #expect(PresentedCertificate(der: []) == nil)
        #expect(PresentedCertificate(der: Array("no certificate".utf8)) == nil)
        #expect(PresentedCertificate(der: [UInt8](repeating: 0x30, count: 1 << 20)) == nil)
    }
}
