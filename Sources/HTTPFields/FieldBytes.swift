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

    /// The first place from `start` on, before `end`, of a byte that a field's value cannot have (RFC 9110, 5.5): a control
    /// character other than the tab; `end` when there is none.
    package static func endOfValue(in bytes: RawSpan, from start: Int, to end: Int) -> Int {
        unsafe bytes.withUnsafeBytes { region in
            precondition(start >= 0 && start <= end && end <= region.count)
            var index = start
            while index < end {
                // The last eight bytes at once, some of them for the second time.
                if index + 8 > end, end - start >= 8,
                    unsafe isPlain(region.loadUnaligned(fromByteOffset: end - 8, as: UInt64.self))
                {
                    return end
                }
                if index + 8 <= end, unsafe isPlain(region.loadUnaligned(fromByteOffset: index, as: UInt64.self)) {
                    index += 8
                    continue
                }
                let byte = unsafe region[index]
                guard byte >= 0x20 ? byte != 0x7F : byte == UInt8(ascii: "\t") else { return index }
                index += 1
            }
            return end
        }
    }

    /// Whether none of eight bytes is below 0x20 or is 0x7F; may say no for bytes that are fine.
    private static func isPlain(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let below = (word &- ones &* 0x20) & ~word
        let deleted = word ^ (ones &* 0x7F)
        return (below | ((deleted &- ones) & ~deleted)) & (ones &* 0x80) == 0
    }

    /// The first line feed from `start` on, before `end`.
    package static func lineFeed(in bytes: RawSpan, from start: Int, to end: Int) -> Int? {
        unsafe bytes.withUnsafeBytes { region in
            precondition(start >= 0 && start <= end && end <= region.count)
            let ones: UInt64 = 0x0101_0101_0101_0101
            var index = start
            while index + 8 <= end {
                let word = unsafe region.loadUnaligned(fromByteOffset: index, as: UInt64.self) ^ (ones &* 0x0A)
                guard (word &- ones) & ~word & (ones &* 0x80) == 0 else { break }
                index += 8
            }
            while index < end {
                if unsafe region[index] == 0x0A { return index }
                index += 1
            }
            return nil
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
            for place in 0..<count {
                let digit = UInt8(truncatingIfNeeded: number &>> UInt64(4 &* (count &- 1 &- place))) & 0xF
                unsafe free[used &+ place] = digit &+ (digit < 10 ? 0x30 : 0x57)
            }
            used &+= count
        }
    }
}
