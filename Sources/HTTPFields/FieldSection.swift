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
        /// What the name is.
        package let name: FieldName
        /// Whether the name is spelt with `_` where ``name`` has `-`: another name, which CGI and its heirs read alike
        /// (RFC 3875, 4.1.18).
        package let isAlias: Bool

        init(_ name: Range<Int>, _ value: Range<Int>, known: (name: FieldName, isAlias: Bool)) {
            nameOffset = UInt32(truncatingIfNeeded: name.lowerBound)
            nameLength = UInt32(truncatingIfNeeded: name.count)
            valueOffset = UInt32(truncatingIfNeeded: value.lowerBound)
            valueLength = UInt32(truncatingIfNeeded: value.count)
            self.name = known.name
            isAlias = known.isAlias
        }

        /// - Parameters:
        ///   - name: Where the name lies in `bytes`.
        ///   - value: Where the value lies.
        ///   - bytes: The readable bytes of the storage.
        package init(name: Range<Int>, value: Range<Int>, in bytes: RawSpan) {
            self.init(name, value, known: FieldBytes.name(of: bytes.extracting(name)))
        }

        package var nameRange: Range<Int> { Int(nameOffset)..<Int(nameOffset) + Int(nameLength) }
        package var valueRange: Range<Int> { Int(valueOffset)..<Int(valueOffset) + Int(valueLength) }
    }

    /// The bytes that the entries point into.
    package internal(set) var storage: ByteBuffer
    package internal(set) var entries: [Entry]

    package init(capacity: Int = 512, fields: Int = 16) {
        storage = ByteBufferAllocator().buffer(capacity: capacity)
        entries = []
        entries.reserveCapacity(fields)
    }

    /// A section that costs no memory until something is appended.
    package static var empty: FieldSection { FieldSection(storage: ByteBuffer(), entries: []) }

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
        name.withBytes { name in value.withBytes { append(name: name, value: $0) } }
    }

    package mutating func append(_ name: StaticString, _ value: String) {
        name.withBytes { name in value.withBytes { append(name: name, value: $0) } }
    }

    package mutating func append(_ name: String, _ value: String) {
        name.withBytes { name in value.withBytes { append(name: name, value: $0) } }
    }

    package mutating func append(_ name: FieldName, _ value: String) {
        name.text.withBytes { text in value.withBytes { append(text, $0, known: (name, false)) } }
    }

    package mutating func append(_ name: FieldName, _ value: ByteBufferView) {
        name.text.withBytes { text in value.withBytes { append(text, $0, known: (name, false)) } }
    }

    package mutating func append(_ name: StaticString, _ value: ByteBufferView) {
        name.withBytes { name in value.withBytes { append(name: name, value: $0) } }
    }

    package mutating func append(name: ByteBufferView, value: ByteBufferView) {
        name.withBytes { name in value.withBytes { append(name: name, value: $0) } }
    }

    /// Appends bytes that somebody else lends for the time of the call.
    package mutating func append(name: RawSpan, value: RawSpan) {
        append(name, value, known: FieldBytes.name(of: name))
    }

    /// Appends the field at `index` of another section, as it is there.
    package mutating func append(_ index: Int, of other: FieldSection) {
        let entry = other.entries[index]
        let bytes = other.storage.readableBytesSpan
        append(
            bytes.extracting(entry.nameRange),
            bytes.extracting(entry.valueRange),
            known: (entry.name, entry.isAlias)
        )
    }

    private mutating func append(_ name: RawSpan, _ value: RawSpan, known: (name: FieldName, isAlias: Bool)) {
        let start = storage.readableBytes
        FieldBytes.append(name, value, to: &storage)
        append(start, name.byteCount, value.byteCount, known: known)
    }

    private mutating func append(_ start: Int, _ name: Int, _ value: Int, known: (name: FieldName, isAlias: Bool)) {
        entries.append(Entry(start..<start + name, start + name..<start + name + value, known: known))
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

    /// The value of the first field of that name.
    package func first(_ name: FieldName) -> ByteBufferView? { firstIndex(of: name).map { value(at: $0) } }

    /// The first field of that name.
    package func firstIndex(of name: FieldName) -> Int? { entries.firstIndex { $0.name == name && !$0.isAlias } }

    /// The first value of that name as text; bytes that are not UTF-8 are replaced.
    package func string(_ name: String) -> String? {
        first(name).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether the field at `index` has that name, in whatever case.
    package func `is`(_ name: FieldName, at index: Int) -> Bool {
        entries[index].name == name && !entries[index].isAlias
    }

    /// Whether the name of the field at `index` begins with a colon (RFC 9113, 8.3).
    package func isPseudo(at index: Int) -> Bool {
        let entry = entries[index]
        return entry.nameLength > 0 && storage.readableBytesUInt8Span[Int(entry.nameOffset)] == UInt8(ascii: ":")
    }

    /// Whether the field at `index` has that name; `name` is in lower case, the field's case is ignored.
    package func nameEquals(_ name: String, at index: Int) -> Bool {
        let entry = entries[index]
        return equals(name, offset: entry.nameOffset, length: entry.nameLength)
    }

    /// Whether the value of the field at `index` is that word; `word` is in lower case, the value's case is ignored.
    package func valueEquals(_ word: String, at index: Int) -> Bool {
        let entry = entries[index]
        return equals(word, offset: entry.valueOffset, length: entry.valueLength)
    }

    /// Whether the value of the field at `index` has exactly these bytes.
    package func valueIs(_ word: StaticString, at index: Int) -> Bool {
        let entry = entries[index]
        guard Int(entry.valueLength) == word.utf8CodeUnitCount else { return false }
        return word.withBytes { FieldBytes.equal(storage.readableBytesSpan.extracting(entry.valueRange), $0) }
    }

    /// Compares in place: a literal's bytes and a span cost neither a copy nor a count of references.
    private func equals(_ word: String, offset: UInt32, length: UInt32) -> Bool {
        guard Int(length) == word.utf8.count else { return false }
        let bytes = storage.readableBytesSpan
        guard Int(offset) + Int(length) <= bytes.byteCount else { return false }
        let found = bytes.extracting(Int(offset)..<Int(offset) + Int(length))
        return word.withBytes { FieldBytes.equal(found, small: $0) }
    }

    private func view(offset: UInt32, length: UInt32) -> ByteBufferView {
        let start = storage.readerIndex + Int(offset)
        // Entries are made by `append` or by a parser over the same buffer, so the range is always within it.
        return storage.viewBytes(at: start, length: Int(length)) ?? ByteBufferView()
    }
}

extension ByteBufferView {
    /// Whether these are the bytes of the word.
    package func equals(_ word: String) -> Bool {
        count == word.utf8.count && withBytes { FieldBytes.equal($0, word) }
    }

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
