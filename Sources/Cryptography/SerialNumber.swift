/// A certificate's serial number: a positive integer of at most 20 bytes, without leading zeros.
package struct SerialNumber: Hashable, Sendable, CustomStringConvertible {
    /// Big-endian, the first byte never zero.
    package let bytes: [UInt8]

    /// Nil for zero and for more than the 20 bytes that RFC 5280, 4.1.2.2 allows.
    package init?(bytes: some Collection<UInt8>) {
        let significant = Array(bytes.drop { $0 == 0 })
        guard (1...20).contains(significant.count) else { return nil }
        self.bytes = significant
    }

    /// Reads hexadecimal digits of either case, with or without colons between the bytes.
    package init?(_ text: String) {
        let digits = text.filter { $0 != ":" }
        guard let bytes = [UInt8](hexadecimal: digits.count.isMultiple(of: 2) ? digits : "0" + digits) else {
            return nil
        }
        self.init(bytes: bytes)
    }

    /// A fresh one of 128 random bits.
    package static func random() throws(CryptographyError) -> SerialNumber {
        while true {
            let bytes = try Digest.random(count: 16)
            // A leading zero byte would make the number shorter than its neighbours in lists.
            if bytes[0] != 0, let serial = SerialNumber(bytes: bytes) { return serial }
        }
    }

    package var description: String { bytes.hexadecimal }
}
