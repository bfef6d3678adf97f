import Cryptography
import Testing

struct EVPKeyTests {
    private let passphrase = Array("correct horse".utf8)

    private func encrypted(_ key: EVPKey, _ cost: KeyDerivationCost = .forTestsOnly) throws -> [UInt8] {
        try key.encryptedPEM(passphrase: passphrase, cost: cost).withBytes { $0 }
    }

    @Test(arguments: [EVPKey.Curve.p256, .p384])
    func `comes back from its file with the same public half`(curve: EVPKey.Curve) throws {
        let key = try EVPKey.generate(curve)
        let read = try EVPKey(pem: encrypted(key), passphrase: passphrase)
        #expect(try read.publicKeyDER() == key.publicKeyDER())
        #expect(read.curve == curve)
        let clear = try EVPKey(pem: key.unencryptedPEM().withBytes { $0 })
        #expect(try clear.publicKeyDER() == key.publicKeyDER())
    }

    @Test(arguments: ["wrong horse", "", "Correct horse", "correct hors"])
    func `stays closed to another passphrase`(attempt: String) throws {
        let pem = try encrypted(try EVPKey.generate(.p256))
        #expect { try EVPKey(pem: pem, passphrase: Array(attempt.utf8)) } throws: {
            ($0 as? CryptographyError)?.code == .wrongPassphrase
        }
    }

    @Test func `asks nobody when an encrypted key comes without a passphrase`() throws {
        let pem = try encrypted(try EVPKey.generate(.p256))
        #expect(EVPKey.isEncrypted(pem: pem))
        #expect { try EVPKey(pem: pem) } throws: { ($0 as? CryptographyError)?.code == .passphraseNeeded }
    }

    @Test func `is encrypted as promised outside tests`() throws {
        let scratch = try Scratch()
        let file = try scratch.write("root.key", encrypted(try EVPKey.generate(.p384), .standard))
        let (status, text) = try openssl("asn1parse", "-in", file)
        #expect(status == 0)
        #expect(text.contains("PBES2") && text.contains("PBKDF2") && text.contains("hmacWithSHA256"))
        #expect(text.contains("aes-256-cbc"))
        #expect(text.contains(":0F4240"), "a million rounds, in hexadecimal")
    }

    @Test func `signs what only its own public half confirms`() throws {
        let (key, other) = (try EVPKey.generate(.p384), try EVPKey.generate(.p384))
        let signature = try key.signature(over: [1, 2, 3])
        #expect(try key.isValid(signature, over: [1, 2, 3]))
        #expect(try !key.isValid(signature, over: [1, 2, 4]))
        #expect(try !other.isValid(signature, over: [1, 2, 3]))
        #expect(try !key.isValid(Array(signature.dropLast()), over: [1, 2, 3]))
        #expect(try !key.isValid([], over: [1, 2, 3]))
    }

    @Test(arguments: [[], Array("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n".utf8), [0, 255, 13]])
    func `refuses bytes that are no key`(pem: [UInt8]) throws {
        #expect { try EVPKey(pem: pem) } throws: { ($0 as? CryptographyError)?.code == .malformed }
        // The library's queue is clean again: the next failure does not carry the reasons of this one.
        #expect { try EVPKey(pem: pem) } throws: { !(($0 as? CryptographyError)?.reason.contains("; ;") ?? true) }
        _ = try EVPKey.generate(.p256)
    }
}
