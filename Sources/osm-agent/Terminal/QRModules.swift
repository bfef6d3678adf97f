/// The squares of a QR code, dark or light, while they are placed.
struct QRModules {
    let side: Int
    private var dark: [Bool]
    /// Which squares are no data: finders, timing, alignment, format and version.
    private var isReserved: [Bool]

    init(side: Int) {
        self.side = side
        dark = Array(repeating: false, count: side * side)
        isReserved = dark
    }

    subscript(row: Int, column: Int) -> Bool {
        get { dark[row * side + column] }
        set { dark[row * side + column] = newValue }
    }

    func isData(_ row: Int, _ column: Int) -> Bool { !isReserved[row * side + column] }

    var rows: [[Bool]] { (0..<side).map { row in Array(dark[row * side..<(row + 1) * side]) } }

    /// Sets a square that is part of a pattern; those outside are left out.
    mutating func reserve(_ row: Int, _ column: Int, _ isDark: Bool) {
        guard (0..<side).contains(row), (0..<side).contains(column) else { return }
        self[row, column] = isDark
        isReserved[row * side + column] = true
    }

    // MARK: Patterns

    /// Everything by which a reader finds its way.
    ///
    /// ISO/IEC 18004, 6.3.
    mutating func placePatterns(_ version: QRVersion) {
        for index in 0..<side {
            reserve(6, index, index % 2 == 0)
            reserve(index, 6, index % 2 == 0)
        }
        for (row, column) in [(3, 3), (3, side - 4), (side - 4, 3)] { placeSquares(row, column, radius: 4) }
        let finders = [[6, 6], [6, side - 7], [side - 7, 6]]
        for row in version.alignments {
            for column in version.alignments where !finders.contains([row, column]) {
                placeSquares(row, column, radius: 2)
            }
        }
        placeFormat(0)
        if version.number >= 7 { placeVersion(QRCheckBits.version(version.number)) }
    }

    /// Squares one in another: a finder with its white border, or an alignment pattern.
    private mutating func placeSquares(_ row: Int, _ column: Int, radius: Int) {
        for down in -radius...radius {
            for right in -radius...radius {
                let distance = max(abs(down), abs(right))
                reserve(row + down, column + right, radius == 4 ? distance != 2 && distance != 4 : distance != 1)
            }
        }
    }

    /// The 15 bits of correction and mask, twice, and the dark module.
    ///
    /// Figure 25.
    mutating func placeFormat(_ bits: Int) {
        for bit in 0..<15 {
            let isDark = bits >> bit & 1 == 1
            switch bit {
            case 0..<6: reserve(bit, 8, isDark)
            case 6, 7: reserve(bit + 1, 8, isDark)
            case 8: reserve(8, 7, isDark)
            default: reserve(8, 14 - bit, isDark)
            }
            if bit < 8 { reserve(8, side - 1 - bit, isDark) } else { reserve(side - 15 + bit, 8, isDark) }
        }
        reserve(side - 8, 8, true)
    }

    /// The 18 bits of the version, twice.
    ///
    /// Figure 28.
    private mutating func placeVersion(_ bits: Int) {
        for bit in 0..<18 {
            let isDark = bits >> bit & 1 == 1
            reserve(bit / 3, side - 11 + bit % 3, isDark)
            reserve(side - 11 + bit % 3, bit / 3, isDark)
        }
    }

    // MARK: Data

    /// Places codewords in two-column strips from the lower right, up and down in turn.
    ///
    /// ISO/IEC 18004, 7.7.3.
    mutating func place(_ codewords: [UInt8]) {
        var bit = 0
        var isUpward = true
        // The strip of the vertical timing pattern is one column wide and is left out.
        for right in stride(from: side - 1, to: 6, by: -2).map({ $0 }) + [5, 3, 1] {
            for step in 0..<side {
                let row = isUpward ? side - 1 - step : step
                for column in [right, right - 1] where isData(row, column) && bit < codewords.count * 8 {
                    self[row, column] = codewords[bit / 8] >> UInt8(7 - bit % 8) & 1 == 1
                    bit += 1
                }
            }
            isUpward.toggle()
        }
    }
}

/// The check bits of the two small fields that a reader needs before it can read anything.
enum QRCheckBits {
    /// ISO/IEC 18004, Annex C.
    static func format(_ correction: QRCorrection, mask: Int) -> Int {
        let data = correction.bits << 3 | mask
        return (data << 10 | remainder(data << 10, by: 0b101_0011_0111, bits: 15)) ^ 0b101_0100_0001_0010
    }

    /// ISO/IEC 18004, Annex D.
    static func version(_ number: Int) -> Int {
        number << 12 | remainder(number << 12, by: 0b1_1111_0010_0101, bits: 18)
    }

    private static func remainder(_ value: Int, by divisor: Int, bits: Int) -> Int {
        let degree = Int.bitWidth - 1 - divisor.leadingZeroBitCount
        var rest = value
        for bit in (degree..<bits).reversed() where rest >> bit & 1 == 1 { rest ^= divisor << (bit - degree) }
        return rest
    }
}
