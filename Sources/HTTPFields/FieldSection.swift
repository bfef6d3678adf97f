package import NIOCore

/// The fields of one HTTP message in order of arrival, packed into one buffer.
///
/// Names and values stay bytes from the parser to the serialiser: nothing is decoded, and a section costs two
/// allocations however many fields it has. Pseudo-header fields (RFC 9113, 8.3) are fields whose name begins with a
/// colon. Names are compared without case; whether they are stored in lower case is up to who appends them.
package struct FieldSection: Sendable {
    /// Where one field lies in ``storage``: offsets from its reader index, lengths in bytes.
    package struct Entry: Sendable {
        package let nameOffset: UInt32
        package let nameLength: UInt32
        package let valueOffset: UInt32
        package let valueLength: UInt32

        package init(nameOffset: Int, nameLength: Int, valueOffset: Int, valueLength: Int) {
            self.nameOffset = UInt32(truncatingIfNeeded: nameOffset)
            self.nameLength = UInt32(truncatingIfNeeded: nameLength)
            self.valueOffset = UInt32(truncatingIfNeeded: valueOffset)
            self.valueLength = UInt32(truncatingIfNeeded: valueLength)
        }
    }

    /// The bytes that the entries point into.
    package private(set) var storage: ByteBuffer
    package private(set) var entries: [Entry]

    package init(capacity: Int = 512, fields: Int = 16) {
        storage = ByteBufferAllocator().buffer(capacity: capacity)
        entries = []
        entries.reserveCapacity(fields)
    }

    /// Takes over bytes that a parser has already cut into fields.
    ///
    /// - Parameters:
    ///   - storage: The bytes; every entry must lie within its readable part.
    ///   - entries: The fields, offsets counted from the reader index of `storage`.
    package init(storage: ByteBuffer, entries: [Entry]) {
        self.storage = storage
        self.entries = entries
    }

    package var count: Int { entries.count }
    package var isEmpty: Bool { entries.isEmpty }

    /// What the section counts for against a limit: names, values and 32 bytes a field (RFC 9113, 6.5.2).
    package var listSize: Int {
        entries.reduce(0) { $0 + Int($1.nameLength) + Int($1.valueLength) + 32 }
    }

    package mutating func append(_ name: StaticString, _ value: StaticString) {
        let start = storage.readableBytes
        let nameLength = storage.writeStaticString(name)
        let valueLength = storage.writeStaticString(value)
        append(start: start, nameLength: nameLength, valueLength: valueLength)
    }

    package mutating func append(_ name: StaticString, _ value: String) {
        let start = storage.readableBytes
        let nameLength = storage.writeStaticString(name)
        let valueLength = storage.writeString(value)
        append(start: start, nameLength: nameLength, valueLength: valueLength)
    }

    package mutating func append(_ name: String, _ value: String) {
        let start = storage.readableBytes
        let nameLength = storage.writeString(name)
        let valueLength = storage.writeString(value)
        append(start: start, nameLength: nameLength, valueLength: valueLength)
    }

    package mutating func append(_ name: StaticString, _ value: ByteBufferView) {
        let start = storage.readableBytes
        let nameLength = storage.writeStaticString(name)
        let valueLength = storage.writeBytes(value)
        append(start: start, nameLength: nameLength, valueLength: valueLength)
    }

    package mutating func append(name: ByteBufferView, value: ByteBufferView) {
        let start = storage.readableBytes
        let nameLength = storage.writeBytes(name)
        let valueLength = storage.writeBytes(value)
        append(start: start, nameLength: nameLength, valueLength: valueLength)
    }

    /// Appends bytes that somebody else lends for the time of the call.
    package mutating func append(name: RawSpan, value: RawSpan) {
        let start = storage.readableBytes
        let nameLength = storage.writeBytes(name)
        let valueLength = storage.writeBytes(value)
        append(start: start, nameLength: nameLength, valueLength: valueLength)
    }

    private mutating func append(start: Int, nameLength: Int, valueLength: Int) {
        entries.append(
            Entry(
                nameOffset: start,
                nameLength: nameLength,
                valueOffset: start + nameLength,
                valueLength: valueLength
            )
        )
    }

    /// The name of the field at `index`, as stored.
    package func name(at index: Int) -> ByteBufferView {
        view(offset: entries[index].nameOffset, length: entries[index].nameLength)
    }

    /// The value of the field at `index`, without the white space around it.
    package func value(at index: Int) -> ByteBufferView {
        view(offset: entries[index].valueOffset, length: entries[index].valueLength)
    }

    /// The value of the first field of that name; `name` is in lower case, the field's case is ignored.
    package func first(_ name: String) -> ByteBufferView? {
        for index in entries.indices where nameEquals(name, at: index) { return value(at: index) }
        return nil
    }

    /// The first value of that name as text; bytes that are not UTF-8 are replaced.
    package func string(_ name: String) -> String? {
        first(name).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether the field at `index` has that name; `name` is in lower case, the field's case is ignored.
    package func nameEquals(_ name: String, at index: Int) -> Bool {
        let entry = entries[index]
        return equals(name, offset: entry.nameOffset, length: entry.nameLength)
    }

    /// The same for a table of names that are kept as static strings.
    package func nameEquals(_ name: StaticString, at index: Int) -> Bool {
        // The description of a longer name is a copy on the heap, so the lengths are compared before it is made.
        guard Int(entries[index].nameLength) == name.utf8CodeUnitCount else { return false }
        return nameEquals(name.description, at: index)
    }

    /// Whether the value of the field at `index` is that word; `word` is in lower case, the value's case is ignored.
    package func valueEquals(_ word: String, at index: Int) -> Bool {
        let entry = entries[index]
        return equals(word, offset: entry.valueOffset, length: entry.valueLength)
    }

    /// Compares in place: a literal's bytes and a span cost neither a copy nor a count of references.
    private func equals(_ word: String, offset: UInt32, length: UInt32) -> Bool {
        let expected = word.utf8
        guard Int(length) == expected.count else { return false }
        let bytes = storage.readableBytesUInt8Span
        var position = Int(offset)
        guard position + expected.count <= bytes.count else { return false }
        for byte in expected {
            guard bytes[position].lowercasedASCII == byte else { return false }
            position += 1
        }
        return true
    }

    private func view(offset: UInt32, length: UInt32) -> ByteBufferView {
        let start = storage.readerIndex + Int(offset)
        // Entries are made by `append` or by a parser over the same buffer, so the range is always within it.
        return storage.viewBytes(at: start, length: Int(length)) ?? ByteBufferView()
    }
}

extension ByteBufferView {
    /// Compares with a lower-case ASCII word, ignoring the case of these bytes.
    package func equalsIgnoringCase(_ word: String) -> Bool {
        count == word.utf8.count && elementsEqual(word.utf8) { $0.lowercasedASCII == $1 }
    }

    /// Whether an origin may take this field's name for `name`, which is in small letters: CGI and its heirs read `_` and
    /// `-` alike (RFC 3875, 4.1.18).
    package func mayPassFor(_ name: String) -> Bool {
        count == name.utf8.count
            && elementsEqual(name.utf8) { ($0 == UInt8(ascii: "_") ? UInt8(ascii: "-") : $0.lowercasedASCII) == $1 }
    }
}

extension UInt8 {
    /// The byte, or the small letter when it is a capital of ASCII.
    package var lowercasedASCII: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}
