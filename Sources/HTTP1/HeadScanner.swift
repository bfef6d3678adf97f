import HTTPFields
import NIOCore

/// Finds the end of a head in a buffer that fills up piece by piece, looking at every byte once.
struct HeadScanner {
    private var scanned = 0
    private var lineStart = 0
    private var isFirstLine = true

    /// The length of the section up to and with its empty line; nil while it is incomplete.
    ///
    /// - Parameters:
    ///   - buffer: All bytes of the section so far; the same plus more at the next call.
    ///   - startLine: The longest first line, nil for a section without one (trailers).
    ///   - whole: The longest section.
    ///   - tooLarge: What a longer section is refused with.
    mutating func end(
        in buffer: ByteBuffer,
        startLine: Int?,
        whole: Int,
        tooLarge: HTTP1Error
    ) throws(HTTP1Error) -> Int? {
        let bytes = buffer.readableBytesUInt8Span
        let limit = min(bytes.count, whole)
        while scanned < limit {
            guard bytes[scanned] == UInt8(ascii: "\n") else {
                scanned += 1
                continue
            }
            guard scanned > lineStart, bytes[scanned - 1] == UInt8(ascii: "\r") else { throw .badLineEnd }
            if isFirstLine, let startLine, scanned - 1 - lineStart > startLine { throw .startLineTooLong }
            let isEmpty = scanned - lineStart == 1
            scanned += 1
            lineStart = scanned
            if isEmpty, !isFirstLine || startLine == nil {
                let length = scanned
                self = HeadScanner()
                return length
            }
            isFirstLine = false
        }
        if isFirstLine, let startLine, scanned > startLine + 1 { throw .startLineTooLong }
        guard bytes.count < whole else { throw tooLarge }
        return nil
    }
}

/// Cuts the lines of a section into fields (RFC 9112, 5).
enum FieldLines {
    /// - Parameters:
    ///   - section: The bytes, every line with its CRLF, the last one empty.
    ///   - start: Where the first field line begins.
    ///   - limit: How many fields there may be.
    static func parse(_ section: ByteBuffer, from start: Int, limit: Int) throws(HTTP1Error) -> FieldSection {
        let bytes = section.readableBytesUInt8Span
        var entries: [FieldSection.Entry] = []
        entries.reserveCapacity(16)
        var index = start
        while bytes[index] != UInt8(ascii: "\r") {
            guard entries.count < limit else { throw .tooManyFields }
            entries.append(try line(bytes, &index))
        }
        return FieldSection(storage: section, entries: entries)
    }

    private static func line(_ bytes: Span<UInt8>, _ index: inout Int) throws(HTTP1Error) -> FieldSection.Entry {
        let nameStart = index
        while bytes[index] != UInt8(ascii: ":") {
            guard Characters.isToken(bytes[index]) else { throw index == nameStart ? folded(bytes[index]) : .badFieldName }
            index += 1
        }
        let nameEnd = index
        guard nameEnd > nameStart else { throw .badFieldName }
        index += 1
        while Characters.isBlank(bytes[index]) { index += 1 }
        let valueStart = index
        var valueEnd = index
        while bytes[index] != UInt8(ascii: "\r") {
            guard Characters.isFieldValue(bytes[index]) else { throw .badFieldValue }
            if !Characters.isBlank(bytes[index]) { valueEnd = index + 1 }
            index += 1
        }
        guard bytes[index + 1] == UInt8(ascii: "\n") else { throw .badFieldValue }
        index += 2
        return FieldSection.Entry(
            nameOffset: nameStart,
            nameLength: nameEnd - nameStart,
            valueOffset: valueStart,
            valueLength: valueEnd - valueStart
        )
    }

    private static func folded(_ first: UInt8) -> HTTP1Error {
        Characters.isBlank(first) ? .foldedField : .badFieldName
    }
}

/// The character classes of RFC 9110, 5.6 and 5.5.
enum Characters {
    static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    /// Visible characters, blanks and the bytes above ASCII; no other control characters.
    static func isFieldValue(_ byte: UInt8) -> Bool { byte >= 0x20 ? byte != 0x7F : byte == UInt8(ascii: "\t") }

    static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
