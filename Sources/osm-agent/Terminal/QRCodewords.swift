/// A text as the codewords of a QR code, data and correction, in the order in which they are placed.
enum QRCodewords {
    /// - Parameters:
    ///   - text: Not longer than the version holds.
    ///   - version: The size of the code.
    ///   - correction: How much is added.
    /// - Returns: As many as the version has.
    static func of(_ text: [UInt8], _ version: QRVersion, _ correction: QRCorrection) -> [UInt8] {
        interleaved(data(text, version, capacity: version.capacity(correction)), version, version.blocks(correction))
    }

    /// Mode, length, text, end mark and filling.
    ///
    /// ISO/IEC 18004, 7.4.
    private static func data(_ text: [UInt8], _ version: QRVersion, capacity: Int) -> [UInt8] {
        var bits = QRBits()
        bits.append(0b0100, count: 4)
        bits.append(text.count, count: version.lengthBits)
        for byte in text { bits.append(Int(byte), count: 8) }
        bits.append(0, count: min(4, capacity * 8 - bits.count))
        bits.append(0, count: (8 - bits.count % 8) % 8)
        var bytes = bits.bytes
        while bytes.count < capacity { bytes.append(bytes.count % 2 == bits.bytes.count % 2 ? 0xEC : 0x11) }
        return bytes
    }

    /// The first codeword of each block, the second of each, and so on.
    ///
    /// ISO/IEC 18004, 7.6.
    private static func interleaved(
        _ data: [UInt8],
        _ version: QRVersion,
        _ blocks: (count: Int, correctionEach: Int)
    ) -> [UInt8] {
        let short = data.count / blocks.count
        let longBlocks = data.count % blocks.count
        var rest = data[...]
        var parts: [[UInt8]] = []
        for index in 0..<blocks.count {
            // The longer blocks are the last ones.
            let length = short + (index >= blocks.count - longBlocks ? 1 : 0)
            parts.append(Array(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        let corrections = parts.map { QRReedSolomon.correction(of: $0, count: blocks.correctionEach) }
        return dealt(parts) + dealt(corrections)
    }

    private static func dealt(_ parts: [[UInt8]]) -> [UInt8] {
        let longest = parts.map(\.count).max() ?? 0
        return (0..<longest).flatMap { index in parts.compactMap { index < $0.count ? $0[index] : nil } }
    }
}

/// Bits in a row, the most significant of each number first.
struct QRBits {
    private(set) var bytes: [UInt8] = []
    private(set) var count = 0

    mutating func append(_ value: Int, count: Int) {
        for bit in (0..<count).reversed() {
            if self.count % 8 == 0 { bytes.append(0) }
            if value >> bit & 1 == 1 { bytes[self.count / 8] |= 0x80 >> UInt8(self.count % 8) }
            self.count += 1
        }
    }
}
