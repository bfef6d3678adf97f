import HTTPFields
import NIOCore

/// Cuts the lines of a section into fields (RFC 9112, 5).
enum FieldLines {
    /// The fields of a complete section from `start` on; they stay where they are, in its bytes.
    ///
    /// Complete means that its last two bytes are the CRLF of its empty line. More than `limit` fields are refused.
    static func parse(_ section: ByteBuffer, from start: Int, limit: Int) throws(HTTP1Error) -> FieldSection {
        let bytes = section.readableBytesUInt8Span
        let raw = section.readableBytesSpan
        let end = bytes.count - 2
        var entries: [FieldSection.Entry] = []
        if start < end { entries.reserveCapacity(16) }
        var index = start
        // Only the CRLF at the very end is the empty line: a CR at the head of another line is no end.
        while index < end {
            guard entries.count < limit else { throw .tooManyFields }
            entries.append(try line(bytes, raw, &index))
        }
        return FieldSection(storage: section, entries: entries)
    }

    /// One line; the CRLF that ends the section stops every loop.
    private static func line(
        _ bytes: Span<UInt8>,
        _ raw: RawSpan,
        _ index: inout Int
    ) throws(HTTP1Error) -> FieldSection.Entry {
        let nameStart = index
        let nameEnd = Characters.endOfToken(in: raw, from: index, to: bytes.count - 1)
        index = nameEnd
        guard bytes[index] == UInt8(ascii: ":"), nameEnd > nameStart else {
            throw nameEnd == nameStart && Characters.isBlank(bytes[index]) ? .foldedField : .badFieldName
        }
        index += 1
        while Characters.isBlank(bytes[index]) { index += 1 }
        let valueStart = index
        index = FieldBytes.endOfValue(in: raw, from: index, to: bytes.count - 1)
        guard bytes[index] == UInt8(ascii: "\r"), bytes[index + 1] == UInt8(ascii: "\n") else { throw .badFieldValue }
        var valueEnd = index
        while valueEnd > valueStart, Characters.isBlank(bytes[valueEnd - 1]) { valueEnd -= 1 }
        index += 2
        return FieldSection.Entry(name: nameStart..<nameEnd, value: valueStart..<valueEnd, in: raw)
    }
}
