import COpenSSL

/// Hashes and random bytes.
package enum Digest {
    /// The SHA-256 of some bytes, 32 of them.
    package static func sha256(_ bytes: [UInt8]) throws(CryptographyError) -> [UInt8] {
        try hash(bytes, by: "SHA256", count: 32, "hash with SHA-256")
    }

    /// The BLAKE2b of some bytes, all 64 of them (RFC 7693).
    package static func blake2b512(_ bytes: [UInt8]) throws(CryptographyError) -> [UInt8] {
        try hash(bytes, by: "BLAKE2B-512", count: 64, "hash with BLAKE2b")
    }

    private static func hash(
        _ bytes: [UInt8],
        by algorithm: String,
        count: Int,
        _ action: String
    ) throws(CryptographyError) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: count)
        var length = 0
        let answer = unsafe digest.withUnsafeMutableBufferPointer { output in
            unsafe bytes.withUnsafeBytes {
                unsafe EVP_Q_digest(nil, algorithm, nil, $0.baseAddress, $0.count, output.baseAddress, &length)
            }
        }
        try check(answer, action)
        return digest
    }

    /// Bytes of the system's random generator, good for keys.
    package static func random(count: Int) throws(CryptographyError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let answer = unsafe bytes.withUnsafeMutableBufferPointer {
            unsafe RAND_bytes($0.baseAddress, Int32(clamping: $0.count))
        }
        try check(answer, "draw random bytes")
        return bytes
    }
}

extension [UInt8] {
    /// Two lower-case hexadecimal digits a byte.
    package var hexadecimal: String {
        let digits: [Character] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "d", "e", "f"]
        return String(flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    /// Reads pairs of hexadecimal digits; nil for anything else.
    package init?(hexadecimal text: String) {
        let digits = text.utf8.map { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        self = bytes
    }
}
