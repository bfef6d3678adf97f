import Cryptography
import FoundationEssentials

/// The signed end of the issuance log: without it nobody would miss lines that were cut off.
package struct LogHead: Codable, Equatable, Sendable {
    /// The number of the last entry.
    package let seq: Int
    /// The hash of the last entry.
    package let hash: String
    package let time: String
    /// The fingerprint of the device CA that signed.
    package let signer: String
    /// ECDSA in DER, hexadecimal, over the lines of `signedBytes`.
    package let signature: String

    /// Signs the end of a log.
    static func sign(seq: Int, hash: String, time: String, by issuer: X509Certificate.Issuer) throws -> LogHead {
        let bytes = signedBytes(seq: seq, hash: hash, time: time)
        return LogHead(
            seq: seq,
            hash: hash,
            time: time,
            signer: try issuer.certificate.fingerprint(),
            signature: try issuer.key.signature(over: bytes).hexadecimal
        )
    }

    /// Whether the head was signed by one of these CAs.
    func isSigned(byAnyOf issuers: [X509Certificate]) throws -> Bool {
        guard let signature = [UInt8](hexadecimal: signature), signature.hexadecimal == self.signature else {
            return false
        }
        for issuer in issuers where try issuer.fingerprint() == signer {
            let bytes = LogHead.signedBytes(seq: seq, hash: hash, time: time)
            return try issuer.publicKey().isValid(signature, over: bytes)
        }
        return false
    }

    /// Four lines, each ended by a line feed: a fixed title, the number, the hash, the time.
    private static func signedBytes(seq: Int, hash: String, time: String) -> [UInt8] {
        Array("osm issuance log head v1\n\(seq)\n\(hash)\n\(time)\n".utf8)
    }

    /// The file's content: JSON with sorted keys and a line feed.
    func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
    }

    /// Reads a file; nil for what is not a head, or not written exactly as `encoded` does.
    static func read(_ bytes: [UInt8]) throws -> LogHead? {
        let head: LogHead
        do { head = try JSONDecoder().decode(LogHead.self, from: Data(bytes)) } catch is DecodingError { return nil }
        return try head.encoded() == bytes ? head : nil
    }
}
