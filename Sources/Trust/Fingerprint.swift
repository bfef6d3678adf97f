import Crypto
import X509

/// SHA-256 fingerprints as people compare them: 64 lower-case hexadecimal digits.
enum Fingerprint {
    static func of(_ bytes: some Sequence<UInt8>) -> String {
        hex(SHA256.hash(data: Array(bytes)))
    }

    static func of(_ key: Certificate.PublicKey) -> String {
        of(key.subjectPublicKeyInfoBytes)
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }
}
