/// How much of a damaged code can still be read.
enum QRCorrection: Sendable, CaseIterable {
    /// About 7 % of it.
    case low
    /// About 15 % of it.
    case medium

    /// The two bits that stand for it.
    ///
    /// ISO/IEC 18004, table 12.
    var bits: Int {
        switch self {
        case .low: 0b01
        case .medium: 0b00
        }
    }
}

/// The size of a QR code, from 1 to 10, and what follows from it.
struct QRVersion: Sendable, Equatable {
    let number: Int

    static let all = (1...10).map { QRVersion(number: $0) }

    /// The number of modules on each side.
    var side: Int { 17 + 4 * number }

    /// How many bits say how long a text in bytes is.
    ///
    /// Table 3.
    var lengthBits: Int { number < 10 ? 8 : 16 }

    /// The number of all codewords, data and correction.
    ///
    /// Table 1.
    var codewords: Int { [26, 44, 70, 100, 134, 172, 196, 242, 292, 346][number - 1] }

    /// The rows and columns of the small squares' middles.
    ///
    /// Annex E.
    var alignments: [Int] {
        switch number {
        case 1: []
        case 2...6: [6, side - 7]
        default: [6, 4 + 2 * (number + 2), side - 7]
        }
    }

    /// The number of blocks that the data is dealt out to, and of correction codewords in each.
    ///
    /// Table 9.
    func blocks(_ correction: QRCorrection) -> (count: Int, correctionEach: Int) {
        switch correction {
        case .low: ([1, 1, 1, 1, 1, 2, 2, 2, 2, 4][number - 1], [7, 10, 15, 20, 26, 18, 20, 24, 30, 18][number - 1])
        case .medium:
            ([1, 1, 1, 2, 2, 4, 4, 4, 5, 5][number - 1], [10, 16, 26, 18, 24, 16, 18, 22, 22, 26][number - 1])
        }
    }

    /// The number of codewords for data.
    func capacity(_ correction: QRCorrection) -> Int {
        let blocks = blocks(correction)
        return codewords - blocks.count * blocks.correctionEach
    }

    /// How many bytes a text may have.
    func textBytes(_ correction: QRCorrection) -> Int { (capacity(correction) * 8 - 4 - lengthBits) / 8 }
}
