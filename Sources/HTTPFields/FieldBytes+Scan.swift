// Looking for a byte, eight at a time.
extension FieldBytes {
    /// Whether the bytes are a name of as many bytes, in whatever case; may say no for one of less than eight.
    static func matches(_ region: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
        guard region.count >= 8 else { return false }
        let expected = unsafe UnsafeRawBufferPointer(start: text.utf8Start, count: region.count)
        var place = 0
        while true {
            let word = unsafe self.word(region, at: place)
            // The bit that tells capitals from small letters also tells a few controls from the marks in names.
            let isPrintable = (word | word << 1) & every(0x40) == every(0x40)
            guard isPrintable, unsafe word | every(0x20) == self.word(expected, at: place) else { return false }
            guard place + 8 < region.count else { return true }
            place = min(place + 8, region.count - 8)
        }
    }

    /// The first place from `start` on, before `end`, of a byte that a field's value cannot have (RFC 9110, 5.5): a control
    /// character other than the tab; `end` when there is none.
    package static func endOfValue(in bytes: RawSpan, from start: Int, to end: Int) -> Int {
        unsafe bytes.withUnsafeBytes { region in
            precondition(start >= 0 && start <= end && end <= region.count)
            var index = start
            while true {
                index = unsafe first(in: region, from: index, to: end) { word in
                    let visible = (word & every(0x7F)) &+ every(0x60)
                    return ~(visible | word) | zeros(word ^ every(0x7F))
                }
                guard index < end, unsafe region[index] == UInt8(ascii: "\t") else { return index }
                index += 1
            }
        }
    }

    /// The first line feed from `start` on, before `end`.
    package static func lineFeed(in bytes: RawSpan, from start: Int, to end: Int) -> Int? {
        let found = self.first(0x0A, in: bytes, from: start, to: end)
        return found < end ? found : nil
    }

    /// The first place from `start` on, before `end`, of that byte; `end` when there is none.
    package static func first(_ byte: UInt8, in bytes: RawSpan, from start: Int, to end: Int) -> Int {
        unsafe bytes.withUnsafeBytes { region in
            precondition(start >= 0 && start <= end && end <= region.count)
            let pattern = every(UInt64(byte))
            return unsafe first(in: region, from: start, to: end) { zeros($0 ^ pattern) }
        }
    }

    /// The first place from `start` on, before `end`, of what is neither a letter of ASCII nor a hyphen; `end` when there
    /// is none.
    package static func endOfLetters(in bytes: RawSpan, from start: Int, to end: Int) -> Int {
        unsafe bytes.withUnsafeBytes { region in
            precondition(start >= 0 && start <= end && end <= region.count)
            return unsafe first(in: region, from: start, to: end) { word in
                // Within seven bits, so that no sum reaches the next byte.
                let small = (word | every(0x20)) & every(0x7F)
                let letters = (small &+ every(0x1F)) & ~(small &+ every(0x05))
                return ~(letters | zeros(word ^ every(0x2D))) | word
            }
        }
    }

    /// A word of eight times that byte.
    private static func every(_ byte: UInt64) -> UInt64 { 0x0101_0101_0101_0101 &* byte }

    /// Eight bytes, the first one lowest.
    private static func word(_ region: UnsafeRawBufferPointer, at place: Int) -> UInt64 {
        UInt64(littleEndian: unsafe region.loadUnaligned(fromByteOffset: place, as: UInt64.self))
    }

    /// The highest bit of each byte that is zero; the other bits mean nothing.
    private static func zeros(_ word: UInt64) -> UInt64 { ~(((word & every(0x7F)) &+ every(0x7F)) | word) }

    /// The first place whose byte `marks` marks with its highest bit, eight bytes at a time; `end` when there is none.
    @inline(__always)
    private static func first(
        in region: UnsafeRawBufferPointer,
        from start: Int,
        to end: Int,
        _ marks: (UInt64) -> UInt64
    ) -> Int {
        var index = start
        while index + 8 <= end {
            let found = unsafe marks(word(region, at: index)) & every(0x80)
            guard found == 0 else { return index + found.trailingZeroBitCount / 8 }
            index += 8
        }
        guard index < end else { return end }
        var rest: UInt64 = 0
        if end >= 8 {
            rest = unsafe word(region, at: end - 8) &>> UInt64(8 * (8 - (end - index)))
        } else {
            for place in (index..<end).reversed() { rest = unsafe rest << 8 | UInt64(region[place]) }
        }
        // What stands above the rest is none of its bytes.
        let found = marks(rest) & every(0x80) & (1 &<< UInt64(8 * (end - index)) &- 1)
        return found == 0 ? end : index + found.trailingZeroBitCount / 8
    }
}
