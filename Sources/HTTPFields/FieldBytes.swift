package import NIOCore

/// Where this project reads and copies the bytes of fields without asking for leave at each: a head has hundreds of
/// them, and what looks at every one alone took most of a request's time.
///
/// Every function stays within the regions that it is given.
package enum FieldBytes {
    /// Which name these bytes are.
    ///
    /// - Returns: The name, and whether it is spelt with `_` in place of a `-`; ``FieldName/other`` for any other bytes.
    static func name(of bytes: RawSpan) -> (name: FieldName, isAlias: Bool) {
        unsafe bytes.withUnsafeBytes { region in
            let count = region.count
            guard count > 1, count <= 20 else { return (.other, false) }
            let candidate = unsafe FieldName.candidate(
                length: count,
                first: region[0] | 0x20,
                fourthLast: region[max(0, count - 4)] | 0x20
            )
            guard candidate != .other else { return (.other, false) }
            let text = candidate.text
            if unsafe matches(region, text) { return (candidate, false) }
            var isAlias = false
            for index in 0..<count {
                let expected = unsafe text.utf8Start[index]
                let byte = unsafe region[index]
                if byte == expected || byte.lowercasedASCII == expected { continue }
                guard byte == UInt8(ascii: "_"), expected == UInt8(ascii: "-") else { return (.other, false) }
                isAlias = true
            }
            return (candidate, isAlias)
        }
    }

    /// Whether two pieces have the same bytes.
    package static func equal(_ one: RawSpan, _ other: RawSpan) -> Bool {
        guard one.byteCount == other.byteCount else { return false }
        return unsafe one.withUnsafeBytes { one in
            unsafe other.withUnsafeBytes { other in
                var index = 0
                while index &+ 8 <= one.count {
                    let left = unsafe one.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                    guard unsafe left == other.loadUnaligned(fromByteOffset: index, as: UInt64.self) else {
                        return false
                    }
                    index &+= 8
                }
                while index < one.count {
                    guard unsafe one[index] == other[index] else { return false }
                    index &+= 1
                }
                return true
            }
        }
    }

    /// Whether a piece has the bytes of a text in UTF-8.
    package static func equal(_ bytes: RawSpan, _ text: String) -> Bool { text.withBytes { equal(bytes, $0) } }

    /// One byte of a piece.
    package static func byte(at place: Int, of bytes: RawSpan) -> UInt8 {
        precondition(place >= 0 && place < bytes.byteCount)
        return unsafe bytes.unsafeLoad(fromByteOffset: place, as: UInt8.self)
    }

    /// Whether a piece has the bytes of a word in small letters, in whatever case.
    static func equal(_ one: RawSpan, small word: RawSpan) -> Bool {
        guard one.byteCount == word.byteCount else { return false }
        return unsafe one.withUnsafeBytes { one in
            unsafe word.withUnsafeBytes { word in
                for index in 0..<word.count {
                    guard unsafe one[index].lowercasedASCII == word[index] else { return false }
                }
                return true
            }
        }
    }

    /// A number for a table of fixed size (FNV-1a); whoever chooses the bytes chooses the number, too.
    package static func hash(_ bytes: RawSpan) -> UInt64 {
        unsafe bytes.withUnsafeBytes { region in
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325
            for index in 0..<region.count { hash = unsafe (hash ^ UInt64(region[index])) &* 0x100_0000_01B3 }
            return hash ^ (hash >> 32)
        }
    }

    /// Makes a text of what `write` makes of at most `capacity` bytes.
    package static func text(capacity: Int, _ write: (inout OutputRawSpan) -> Void) -> String {
        unsafe String(unsafeUninitializedCapacity: capacity) { free in
            let free = UnsafeMutableRawBufferPointer(free)
            var bytes = unsafe OutputRawSpan(buffer: free, initializedCount: 0)
            write(&bytes)
            return unsafe bytes.finalize(for: free)
        }
    }

    /// Writes what `write` makes of at most `capacity` bytes.
    package static func write(
        to buffer: inout ByteBuffer,
        capacity: Int,
        _ write: (inout OutputRawSpan) -> Void
    ) {
        _ = unsafe buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: capacity) { free in
            var bytes = unsafe OutputRawSpan(buffer: free, initializedCount: 0)
            write(&bytes)
            return unsafe bytes.finalize(for: free)
        }
    }

    /// Writes a name and behind it a value.
    static func append(_ name: RawSpan, _ value: RawSpan, to buffer: inout ByteBuffer) {
        let count = name.byteCount + value.byteCount
        _ = unsafe buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { free in
            unsafe name.withUnsafeBytes { unsafe free.copyMemory(from: $0) }
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: free[name.byteCount...])
            unsafe value.withUnsafeBytes { unsafe rest.copyMemory(from: $0) }
            return count
        }
    }
}

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

extension StaticString {
    /// Lends the bytes; a description would be a copy.
    func withBytes<Result>(_ body: (RawSpan) -> Result) -> Result {
        unsafe body(UnsafeRawBufferPointer(start: utf8Start, count: utf8CodeUnitCount).bytes)
    }
}

extension String {
    /// Lends the bytes of the text in UTF-8.
    package func withBytes<Result>(_ body: (RawSpan) -> Result) -> Result { unsafe body(utf8Span.span.bytes) }
}

extension ByteBufferView {
    /// Lends the bytes.
    package func withBytes<Result>(_ body: (RawSpan) -> Result) -> Result {
        unsafe withUnsafeBytes { unsafe body($0.bytes) }
    }
}

extension OutputRawSpan {
    /// Appends bytes, for which there must be room.
    @inline(__always)
    package mutating func append(_ bytes: RawSpan) {
        unsafe withUnsafeMutableBytes { free, count in
            precondition(bytes.byteCount <= free.count &- count)
            unsafe bytes.withUnsafeBytes { bytes in
                guard let from = bytes.baseAddress, let to = free.baseAddress else { return }
                unsafe (to + count).copyMemory(from: from, byteCount: bytes.count)
            }
            count &+= bytes.byteCount
        }
    }

    /// Appends the bytes of a text in UTF-8, for which there must be room.
    package mutating func append(text: String) { text.withBytes { append($0) } }

    /// Appends the bytes of a literal, for which there must be room.
    package mutating func append(_ text: StaticString) { text.withBytes { append($0) } }

    /// Appends `name: value` and the end of the line, for which there must be room; both are the caller's to check.
    package mutating func append(line name: RawSpan, _ value: RawSpan) {
        let (first, second) = (name.byteCount, value.byteCount)
        unsafe withUnsafeMutableBytes { free, used in
            precondition(first &+ second &+ 4 <= free.count &- used)
            let line = unsafe UnsafeMutableRawBufferPointer(rebasing: free[used...])
            unsafe name.withUnsafeBytes { unsafe line.copyMemory(from: $0) }
            unsafe line.storeBytes(of: (0x203A as UInt16).littleEndian, toByteOffset: first, as: UInt16.self)  // ": "
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: line[(first &+ 2)...])
            unsafe value.withUnsafeBytes { unsafe rest.copyMemory(from: $0) }
            unsafe rest.storeBytes(of: (0x0A0D as UInt16).littleEndian, toByteOffset: second, as: UInt16.self)
            used &+= first &+ second &+ 4
        }
    }

    /// Appends the last `count` hexadecimal digits of a number, for which there must be room.
    package mutating func append(_ count: Int, digitsOf number: UInt64) {
        unsafe withUnsafeMutableBytes { free, used in
            precondition(count <= 16 && count <= free.count &- used)
            let digits = (Self.digits(of: number >> 32), Self.digits(of: number & 0xFFFF_FFFF))
            unsafe withUnsafeBytes(of: digits) { digits in
                guard let to = free.baseAddress, let from = digits.baseAddress else { return }
                unsafe (to + used).copyMemory(from: from + (16 &- count), byteCount: count)
            }
            used &+= count
        }
    }

    /// The eight hexadecimal digits of 32 bits as they lie in memory, all worked out at once.
    private static func digits(of number: UInt64) -> UInt64 {
        var spread = number
        spread = (spread << 16 | spread) & 0x0000_FFFF_0000_FFFF
        spread = (spread << 8 | spread) & 0x00FF_00FF_00FF_00FF
        spread = (spread << 4 | spread) & 0x0F0F_0F0F_0F0F_0F0F
        // One in each byte that is ten or more.
        let letters = ((spread &+ 0x0606_0606_0606_0606) >> 4) & 0x0101_0101_0101_0101
        return (spread &+ 0x3030_3030_3030_3030 &+ letters &* 0x27).bigEndian
    }

    /// Appends a number in decimal digits, for which there must be room.
    package mutating func append(decimal number: UInt8) {
        if number >= 100 { append(UInt8(ascii: "0") + number / 100) }
        if number >= 10 { append(UInt8(ascii: "0") + number / 10 % 10) }
        append(UInt8(ascii: "0") + number % 10)
    }
}
