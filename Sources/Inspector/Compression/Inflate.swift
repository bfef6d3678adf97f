/// Undoes DEFLATE (RFC 1951) within bounds: for looking into what passed, bit by bit, not for serving it.
struct Inflate {
    /// Why there is no more.
    enum End: Equatable {
        case whole
        /// The input ends early, or the output is as long as it may be.
        case cut
        case broken
    }

    private enum Stop: Error {
        case endOfInput, endOfRoom, broken
    }

    private(set) var output: [UInt8] = []
    private let input: [UInt8]
    private let limit: Int
    /// Of the next byte of input.
    private var position: Int
    private var bitBuffer = 0
    private var bitCount = 0

    /// - Parameters:
    ///   - input: What is compressed, perhaps only the beginning of it.
    ///   - start: Where it begins.
    ///   - limit: The most bytes of output.
    init(_ input: [UInt8], from start: Int, limit: Int) {
        self.input = input
        self.limit = limit
        position = start
    }

    mutating func run() -> End {
        do throws(Stop) {
            var isLast = false
            while !isLast {
                isLast = try bits(1) == 1
                switch try bits(2) {
                case 0: try copyStored()
                case 1: try readBlock(.fixedLiterals, .fixedDistances)
                case 2: try readDynamic()
                default: throw .broken
                }
            }
            return .whole
        } catch {
            switch error {
            case .endOfInput, .endOfRoom: return .cut
            case .broken: return .broken
            }
        }
    }

    // MARK: Input and output

    /// The next bits, the first of them lowest; at most 16.
    private mutating func bits(_ count: Int) throws(Stop) -> Int {
        while bitCount < count {
            guard position < input.count else { throw .endOfInput }
            bitBuffer |= Int(input[position]) << bitCount
            position += 1
            bitCount += 8
        }
        defer {
            bitBuffer >>= count
            bitCount -= count
        }
        return bitBuffer & ((1 << count) - 1)
    }

    private mutating func write(_ byte: UInt8) throws(Stop) {
        guard output.count < limit else { throw .endOfRoom }
        output.append(byte)
    }

    // MARK: Blocks

    private mutating func copyStored() throws(Stop) {
        bitBuffer = 0
        bitCount = 0
        let length = try bits(16)
        guard try bits(16) == ~length & 0xFFFF else { throw .broken }
        for _ in 0..<length { try write(UInt8(truncatingIfNeeded: try bits(8))) }
    }

    private mutating func readBlock(_ literals: HuffmanCode, _ distances: HuffmanCode) throws(Stop) {
        while true {
            let symbol = try decode(literals)
            switch symbol {
            case 0..<256: try write(UInt8(symbol))
            case 256: return
            default: try copy(lengthSymbol: symbol - 257, distances)
            }
        }
    }

    /// Repeats what was written, also what this very copy writes.
    private mutating func copy(lengthSymbol: Int, _ distances: HuffmanCode) throws(Stop) {
        guard lengthSymbol < Self.lengths.count else { throw .broken }
        let length = Self.lengths[lengthSymbol] + (try bits(Self.lengthBits[lengthSymbol]))
        let symbol = try decode(distances)
        guard symbol < Self.distances.count else { throw .broken }
        let distance = Self.distances[symbol] + (try bits(symbol < 2 ? 0 : symbol / 2 - 1))
        guard distance <= output.count else { throw .broken }
        for _ in 0..<length { try write(output[output.count - distance]) }
    }

    /// RFC 1951, 3.2.7: the codes themselves come first, as the lengths of their words.
    private mutating func readDynamic() throws(Stop) {
        let literals = try bits(5) + 257
        let distances = try bits(5) + 1
        let count = try bits(4) + 4
        var orders = [Int](repeating: 0, count: 19)
        for place in Self.order.prefix(count) { orders[place] = try bits(3) }
        guard let code = HuffmanCode(orders[...]) else { throw .broken }

        var lengths: [Int] = []
        while lengths.count < literals + distances {
            let symbol = try decode(code)
            switch symbol {
            case 0..<16: lengths.append(symbol)
            case 16:
                guard let last = lengths.last else { throw .broken }
                lengths += [Int](repeating: last, count: 3 + (try bits(2)))
            case 17: lengths += [Int](repeating: 0, count: 3 + (try bits(3)))
            default: lengths += [Int](repeating: 0, count: 11 + (try bits(7)))
            }
        }
        guard lengths.count == literals + distances,
            let literalCode = HuffmanCode(lengths[..<literals]),
            let distanceCode = HuffmanCode(lengths[literals...])
        else { throw .broken }
        try readBlock(literalCode, distanceCode)
    }

    /// The words of one length are successive numbers, and those of the next length follow them.
    private mutating func decode(_ code: HuffmanCode) throws(Stop) -> Int {
        var word = 0
        var first = 0
        var index = 0
        for length in 1...HuffmanCode.longestWord {
            word |= try bits(1)
            let count = code.counts[length]
            if word - count < first { return code.symbols[index + word - first] }
            index += count
            first = (first + count) << 1
            word <<= 1
        }
        throw .broken
    }

    // RFC 1951, 3.2.5 and 3.2.7.
    private static let lengths = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
    ]
    private static let lengthBits = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    private static let distances = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
        6145,
        8193, 12289, 16385, 24577,
    ]
    private static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
}

/// A canonical Huffman code, as the lengths of its words describe it (RFC 1951, 3.2.2).
struct HuffmanCode {
    static let longestWord = 15

    /// How many words there are of each length.
    let counts: [Int]
    /// In the order of their words.
    let symbols: [Int]

    /// Nil when there are more words than bits can tell apart.
    init?(_ lengths: ArraySlice<Int>) {
        var counts = [Int](repeating: 0, count: Self.longestWord + 1)
        for length in lengths { counts[length] += 1 }
        counts[0] = 0
        var room = 1
        for length in 1...Self.longestWord {
            room = (room << 1) - counts[length]
            guard room >= 0 else { return nil }
        }
        self.init(counts: counts, lengths: lengths)
    }

    private init(counts: [Int], lengths: ArraySlice<Int>) {
        self.counts = counts
        let used = lengths.enumerated().filter { $0.element > 0 }
        // Sorting is stable: symbols of the same length stay in order.
        symbols = used.sorted { $0.element < $1.element }.map(\.offset)
    }

    static let fixedLiterals = Self(
        whole: Array(repeating: 8, count: 144) + Array(repeating: 9, count: 112) + Array(repeating: 7, count: 24)
            + Array(repeating: 8, count: 8)
    )
    static let fixedDistances = Self(whole: Array(repeating: 5, count: 30))

    /// A code that is known to be one.
    private init(whole lengths: [Int]) {
        var counts = [Int](repeating: 0, count: Self.longestWord + 1)
        for length in lengths { counts[length] += 1 }
        self.init(counts: counts, lengths: lengths[...])
    }
}
