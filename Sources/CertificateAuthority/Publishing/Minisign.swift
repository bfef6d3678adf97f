package import Cryptography
package import FoundationEssentials

/// Signatures of files that `minisign` and every other reader of its format can check.
///
/// The format is that of https://jedisct1.github.io/minisign/: Ed25519 over the BLAKE2b-512 of the file, and once more
/// over that signature and a comment that is thereby trusted.
package enum Minisign {
    /// What stands in a public key, and in a signature over a hash of the file.
    private static let keyAlgorithm = Array("Ed".utf8)
    private static let signatureAlgorithm = Array("ED".utf8)
    private static let trustedComment = "trusted comment: "

    /// The key as one line of base64, which begins with `RW`.
    package static func publicKey(_ key: Ed25519Key) throws(CryptographyError) -> String {
        try base64(keyAlgorithm + identifier(of: key) + key.publicKey())
    }

    /// The file that `minisign -p` takes.
    package static func publicKeyFile(_ key: Ed25519Key) throws(CryptographyError) -> String {
        // The tool writes the number as it is in memory, least significant byte first, with its digits the usual way.
        let number = Array(try identifier(of: key).reversed()).hexadecimal.uppercased()
        return "untrusted comment: minisign public key \(number)\n\(try publicKey(key))\n"
    }

    /// The file `NAME.minisig` for a file called `NAME`.
    package static func signatureFile(
        over bytes: [UInt8],
        named name: String,
        at date: Date,
        by key: Ed25519Key
    ) throws(CryptographyError) -> String {
        let signature = try key.signature(over: Digest.blake2b512(bytes))
        let comment = "timestamp:\(Int(date.timeIntervalSince1970))\tfile:\(name)\thashed"
        let whole = try key.signature(over: signature + Array(comment.utf8))
        let line = try base64(signatureAlgorithm + identifier(of: key) + signature)
        return """
            untrusted comment: signature of an osmRouter operator
            \(line)
            \(trustedComment)\(comment)
            \(base64(whole))

            """
    }

    /// Whether the content of a `.minisig` is of this key, one line of base64, and these bytes; false for whatever is no
    /// such content.
    package static func isValid(
        _ file: String,
        over bytes: [UInt8],
        publicKey: String
    ) throws(CryptographyError) -> Bool {
        let lines = file.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.count >= 4, lines[2].hasPrefix(trustedComment),
            let key = Data(base64Encoded: publicKey).map(Array.init), key.count == 42, key.starts(with: keyAlgorithm),
            let first = Data(base64Encoded: lines[1]).map(Array.init), first.count == 74,
            let whole = Data(base64Encoded: lines[3]).map(Array.init),
            Array(first[..<2]) == signatureAlgorithm, first[2..<10] == key[2..<10]
        else { return false }
        let verifier = try Ed25519Key(publicKey: Array(key[10...]))
        let signature = Array(first[10...])
        let comment = Array(lines[2].utf8.dropFirst(trustedComment.utf8.count))
        guard try verifier.isValid(signature, over: Digest.blake2b512(bytes)) else { return false }
        return try verifier.isValid(whole, over: signature + comment)
    }

    /// Eight bytes by which readers find the right key among theirs; nothing depends on them.
    private static func identifier(of key: Ed25519Key) throws(CryptographyError) -> [UInt8] {
        Array(try Digest.sha256(key.publicKey()).prefix(8))
    }

    private static func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
}
