import Cryptography
import Foundation
import TestSupport
import Testing

@testable import CertificateAuthority

struct MinisignTests {
    /// A signature that the authors of the format published with their own implementations.
    private static let publicKey = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"
    private static let signature = """
        untrusted comment: signature from minisign secret key
        RUQf6LRCGA9i559r3g7V1qNyJDApGip8MfqcadIgT9CuhV3EMhHoN1mGTkUidF/z7SrlQgXdy8ofjb7bNJJylDOocrCo8KLzZwo=
        trusted comment: timestamp:1556193335\tfile:test
        y/rUw2y8/hOUYjZU71eHp/Wo1KZ40fGy2VJEDl34XMJM+TX48Ss/17u3IvIfbVR1FkZZSNCisQbuQY+bHwhEBg==

        """

    @Test func `a published signature is good, and any change of it is not`() throws {
        func isValid(_ text: String, _ bytes: String = "test") throws -> Bool {
            try Minisign.isValid(text, over: Array(bytes.utf8), publicKey: Self.publicKey)
        }
        #expect(try isValid(Self.signature))
        #expect(try !isValid(Self.signature, "Test"))
        #expect(try !isValid(Self.signature.replacing("file:test", with: "file:tests")))
        #expect(try !isValid(Self.signature.replacing("RUQf", with: "RWQf")))
        #expect(try !isValid(Self.signature.replacing("HoN1", with: "HoN2")))
        #expect(try !isValid(Self.signature.replacing("RUQf6", with: "RUQf7")))
        #expect(try !isValid(""))
        #expect(try !isValid("\n\n\n\n"))
    }

    @Test func `RFC 7693's own example of BLAKE2b is what the digest is`() throws {
        #expect(
            try Digest.blake2b512(Array("abc".utf8)).hexadecimal
                == "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
                + "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923"
        )
    }

    @Test func `a key comes back from its file and makes signatures that it knows`() throws {
        let key = try Ed25519Key.generate()
        let read = try Ed25519Key(pem: key.unencryptedPEM().withBytes { $0 })
        #expect(try read.publicKey() == key.publicKey())
        let text = try Minisign.signatureFile(over: [1, 2, 3], named: "F", at: Date(), by: read)
        let line = try Minisign.publicKey(key)
        #expect(line.hasPrefix("RW") && line.count == 56)
        #expect(try Minisign.isValid(text, over: [1, 2, 3], publicKey: line))
        #expect(try !Minisign.isValid(text, over: [1, 2, 3], publicKey: Self.publicKey))
        #expect(throws: CryptographyError.self) {
            try Ed25519Key(pem: EVPKey.generate(.p256).unencryptedPEM().withBytes { $0 })
        }
    }

    @Test(.enabled(if: Minisigner.isThere, "needs minisign, a Debian package"))
    func `the real minisign takes our keys and signatures, and refuses a changed file`() throws {
        let scratch = try TemporaryFolder()
        let key = try Ed25519Key.generate()
        let bytes = [UInt8](repeating: 7, count: 100_000)
        try DurableFile.create("\(scratch.path)/file", bytes)
        try DurableFile.create("\(scratch.path)/key.pub", Array(try Minisign.publicKeyFile(key).utf8))
        let text = try Minisign.signatureFile(over: bytes, named: "file", at: Date(), by: key)
        try DurableFile.create("\(scratch.path)/file.minisig", Array(text.utf8))
        let byFile = try Minisigner.verify("\(scratch.path)/file", key: ["-p", "\(scratch.path)/key.pub"])
        #expect(byFile.succeeded, "\(byFile.text)")
        #expect(byFile.text.contains("file:file"))
        #expect(try Minisigner.verify("\(scratch.path)/file", key: ["-P", Minisign.publicKey(key)]).succeeded)
        try DurableFile.replace("\(scratch.path)/file", bytes + [0])
        #expect(try !Minisigner.verify("\(scratch.path)/file", key: ["-p", "\(scratch.path)/key.pub"]).succeeded)
    }
}

/// The tool by the authors of the format.
enum Minisigner {
    private static let path = "/usr/bin/minisign"

    static var isThere: Bool { FileManager.default.isExecutableFile(atPath: path) }

    static func verify(_ file: String, key: [String]) throws -> OpenSSLCommand.Outcome {
        try OpenSSLCommand.run(path, ["-V", "-m", file] + key)
    }
}
