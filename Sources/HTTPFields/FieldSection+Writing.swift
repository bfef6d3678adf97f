package import NIOCore

// A section that is written in one go, into memory that is asked for once.
extension FieldSection {
    /// Makes a section of what `write` appends to both: the bytes, and an entry for each field.
    ///
    /// - Parameters:
    ///   - capacity: The bytes there is room for; more is a mistake in the program and ends it.
    ///   - fields: How many fields are expected.
    ///   - write: Appends with the methods below.
    package init(capacity: Int, fields: Int, _ write: (inout OutputRawSpan, inout [Entry]) -> Void) {
        self = .empty
        rewrite(capacity: capacity, fields: fields, write)
    }

    /// Writes another section in place of this one, into the same memory unless somebody else holds it or it is too small.
    package mutating func rewrite(
        capacity: Int,
        fields: Int,
        _ write: (inout OutputRawSpan, inout [Entry]) -> Void
    ) {
        entries.removeAll(keepingCapacity: true)
        entries.reserveCapacity(fields)
        storage.clear(minimumCapacity: capacity)
        FieldBytes.write(to: &storage, capacity: capacity) { write(&$0, &entries) }
    }

    /// How many bytes it keeps, used or not.
    package var bytesKept: Int { storage.storageCapacity + entries.capacity * MemoryLayout<Entry>.stride }
}

extension OutputRawSpan {
    /// Appends a field.
    package mutating func append(_ name: FieldName, _ value: RawSpan, _ entries: inout [FieldSection.Entry]) {
        append(name, &entries) { $0.append(value) }
    }

    package mutating func append(_ name: FieldName, _ value: String, _ entries: inout [FieldSection.Entry]) {
        append(name, &entries) { $0.append(text: value) }
    }

    package mutating func append(_ name: FieldName, _ value: ByteBufferView, _ entries: inout [FieldSection.Entry]) {
        append(name, &entries) { bytes in value.withBytes { bytes.append($0) } }
    }

    /// Appends the field at `index` of a section, as it is there.
    package mutating func append(_ index: Int, of section: FieldSection, _ entries: inout [FieldSection.Entry]) {
        let entry = section.entries[index]
        let bytes = section.storage.readableBytesSpan
        let start = byteCount
        append(bytes.extracting(entry.nameRange))
        let middle = byteCount
        append(bytes.extracting(entry.valueRange))
        entries.append(FieldSection.Entry(start..<middle, middle..<byteCount, known: (entry.name, entry.isAlias)))
    }

    /// Appends a field whose value `write` makes.
    @inline(__always)
    package mutating func append(
        _ name: FieldName,
        _ entries: inout [FieldSection.Entry],
        _ write: (inout OutputRawSpan) -> Void
    ) {
        let start = byteCount
        append(name.text)
        let middle = byteCount
        write(&self)
        entries.append(FieldSection.Entry(start..<middle, middle..<byteCount, known: (name, false)))
    }
}
