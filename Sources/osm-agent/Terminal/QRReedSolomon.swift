/// The error correction of QR codes: Reed-Solomon over GF(256) with the polynomial x^8 + x^4 + x^3 + x^2 + 1.
///
/// ISO/IEC 18004, 7.5.2 and Annex A.
enum QRReedSolomon {
    /// The correction codewords of one block, as many as asked for.
    static func correction(of data: [UInt8], count: Int) -> [UInt8] {
        let generator = generator(degree: count)
        var remainder = [UInt8](repeating: 0, count: count)
        for byte in data {
            let factor = byte ^ remainder.removeFirst()
            remainder.append(0)
            for index in remainder.indices { remainder[index] ^= product(generator[index], factor) }
        }
        return remainder
    }

    /// (x - 1)(x - 2)(x - 4)…, without its leading coefficient, which is 1.
    private static func generator(degree: Int) -> [UInt8] {
        var coefficients = [UInt8](repeating: 0, count: degree - 1) + [1]
        var root: UInt8 = 1
        for _ in 0..<degree {
            for index in coefficients.indices {
                coefficients[index] = product(coefficients[index], root)
                if index + 1 < degree { coefficients[index] ^= coefficients[index + 1] }
            }
            root = product(root, 2)
        }
        return coefficients
    }

    /// Multiplies in the field, bit by bit: there are too few products for tables to matter.
    static func product(_ left: UInt8, _ right: UInt8) -> UInt8 {
        var sum: UInt8 = 0
        for bit in (0..<8).reversed() {
            let overflows = sum & 0x80 != 0
            sum <<= 1
            if overflows { sum ^= 0x1D }
            if right >> UInt8(bit) & 1 == 1 { sum ^= left }
        }
        return sum
    }
}
