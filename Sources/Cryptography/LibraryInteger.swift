import COpenSSL

/// Serial and CRL numbers as ASN.1 integers.
enum LibraryInteger {
    /// A new ASN1_INTEGER that the caller frees.
    static func make(_ bytes: [UInt8]) throws(CryptographyError) -> UnsafeMutablePointer<ASN1_INTEGER> {
        let number = unsafe try check(BN_bin2bn(bytes, Int32(clamping: bytes.count), nil), "encode a number")
        defer { unsafe BN_free(number) }
        return unsafe try check(BN_to_ASN1_INTEGER(number, nil), "encode a number")
    }

    /// The serial number in an ASN1_INTEGER that OpenSSL owns.
    static func serial(_ integer: UnsafePointer<ASN1_INTEGER>?) throws(CryptographyError) -> SerialNumber {
        let number = unsafe try check(ASN1_INTEGER_to_BN(integer, nil), "read a serial number")
        defer { unsafe BN_free(number) }
        let count = (unsafe BN_num_bits(number) + 7) / 8
        guard (1...20).contains(count), unsafe BN_is_negative(number) == 0 else {
            throw CryptographyError(.malformed, "use a serial number that is not positive or longer than 20 bytes")
        }
        var bytes = [UInt8](repeating: 0, count: Int(count))
        _ = unsafe BN_bn2bin(number, &bytes)
        guard let serial = SerialNumber(bytes: bytes) else {
            throw CryptographyError(.malformed, "read a serial number")
        }
        return serial
    }
}
