import HTTPFields

/// The character classes of RFC 9110, 5.5 and 5.6, and of RFC 3986.
package enum Characters {
    // One bit for each ASCII character from 0x00 to 0x3F and from 0x40 to 0x7F: digits and !#$%&'*+-. below,
    // letters and ^_`|~ above.
    private static let lowTokens: UInt64 = 0x03FF_6CFA_0000_0000
    private static let highTokens: UInt64 = 0x57FF_FFFF_C7FF_FFFE

    /// A character that method and field names are made of.
    package static func isToken(_ byte: UInt8) -> Bool {
        guard byte < 0x80 else { return false }
        let bits = byte < 0x40 ? lowTokens : highTokens
        return (bits >> UInt64(byte & 0x3F)) & 1 == 1
    }

    /// The first place from `start` on, before `end`, of a byte that no token has; `end` when there is none.
    static func endOfToken(in bytes: RawSpan, from start: Int, to end: Int) -> Int {
        var index = start
        while true {
            // Most names have nothing but letters and hyphens.
            index = FieldBytes.endOfLetters(in: bytes, from: index, to: end)
            guard index < end, isToken(FieldBytes.byte(at: index, of: bytes)) else { return index }
            index += 1
        }
    }

    /// Whether a token has all these bytes.
    static func areToken(_ bytes: RawSpan, _ range: Range<Int>) -> Bool {
        endOfToken(in: bytes, from: range.lowerBound, to: range.upperBound) == range.upperBound
    }

    /// Whether a target has all these bytes.
    static func areTarget(_ bytes: RawSpan, _ range: Range<Int>) -> Bool {
        for index in range {
            guard isTarget(FieldBytes.byte(at: index, of: bytes)) else { return false }
        }
        return true
    }

    package static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    /// Visible characters, blanks and the bytes above ASCII; no other control characters.
    package static func isFieldValue(_ byte: UInt8) -> Bool { byte >= 0x20 ? byte != 0x7F : byte == UInt8(ascii: "\t") }

    /// RFC 3986 has no control characters, no space and nothing above ASCII; a fragment never leaves a client.
    static func isTarget(_ byte: UInt8) -> Bool { (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "#") }

    static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte.lowercasedASCII)
    }

    /// The value of a hexadecimal digit.
    static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte.lowercasedASCII {
        case let digit where isDigit(digit): digit - UInt8(ascii: "0")
        case let letter where (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(letter): letter - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
