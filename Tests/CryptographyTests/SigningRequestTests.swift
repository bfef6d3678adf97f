import Cryptography
import Foundation
import Testing

struct SigningRequestTests {
    @Test func `hands over the key that signed it`() throws {
        let key = try EVPKey.generate(.p256)
        let pem = try SigningRequest.make(
            key: key,
            subject: DistinguishedName(commonName: "x"),
            extensions: [.authority(pathLength: 3)]
        ).pem()
        #expect(try SigningRequest(pem: pem).publicKey().publicKeyDER() == key.publicKeyDER())
    }

    @Test func `is refused when its signature is not that of its key`() throws {
        let scratch = try Scratch()
        let request = try SigningRequest.make(key: .generate(.p256), subject: DistinguishedName(commonName: "x"))
        let text = String(decoding: try request.pem(), as: UTF8.self)
        let body = text.split(separator: "\n").dropFirst().dropLast().joined()
        var der = try #require(Data(base64Encoded: body))
        der[der.count - 5] ^= 1  // within the signature
        let forged =
            "-----BEGIN CERTIFICATE REQUEST-----\n\(der.base64EncodedString())\n-----END CERTIFICATE REQUEST-----\n"
        #expect { try SigningRequest(pem: Array(forged.utf8)) } throws: {
            let code = ($0 as? CryptographyError)?.code
            return code == .badSignature || code == .malformed
        }
        let file = try scratch.write("forged.csr", Array(forged.utf8))
        #expect(try openssl("req", "-in", file, "-verify", "-noout").text.contains("failure"))
    }

    @Test(arguments: ["", "-----BEGIN CERTIFICATE REQUEST-----\nAA==\n-----END CERTIFICATE REQUEST-----\n"])
    func `refuses bytes that are no request`(text: String) {
        #expect { try SigningRequest(pem: Array(text.utf8)) } throws: { ($0 as? CryptographyError)?.code == .malformed }
    }
}
