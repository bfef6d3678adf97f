/// Makes text from outside harmless for a terminal and for a parser of lines.
///
/// Control characters (C0, DEL, C1), characters that change the direction of text, and the two Unicode line
/// separators are written as escapes: none of them can end a line, move a cursor or hide what follows.
package enum LogEscaping {
    /// Whether a scalar may stand in a line as it is.
    static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F: false
        case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: false
        case 0x2028, 0x2029: false
        // Format characters nobody sees: zero-width, byte-order mark, and the tag block that can carry hidden text.
        case 0x200B...0x200D, 0x2060...0x2064, 0xFEFF, 0xE0000...0xE007F: false
        default: true
        }
    }

    /// Appends `value` as the inside of a JSON string, at most `limit` bytes of it.
    package static func appendJSON(_ value: String, limit: Int, to line: inout String) {
        appendScalars(of: value, limit: limit, to: &line) { scalar, line in
            switch scalar {
            case "\"": line += "\\\""
            case "\\": line += "\\\\"
            default:
                guard !isHarmless(scalar) else { return line.unicodeScalars.append(scalar) }
                for unit in String(scalar).utf16 { line += "\\u" + hexadecimal(UInt32(unit), digits: 4) }
            }
        }
    }

    /// Appends `value` for people, at most `limit` bytes of it: bare when it is one plain word, in quotes otherwise.
    static func appendWord(_ value: String, limit: Int, to line: inout String) {
        let isWord = !value.isEmpty && value.unicodeScalars.allSatisfy { isHarmless($0) && !needsQuotes($0) }
        if !isWord { line += "\"" }
        appendScalars(of: value, limit: limit, to: &line) { scalar, line in
            switch scalar {
            case "\"": line += "\\\""
            case "\\": line += "\\\\"
            default: appendReadable(scalar, to: &line)
            }
        }
        if !isWord { line += "\"" }
    }

    /// Appends a message for people, at most `limit` bytes of it, without quotes.
    static func appendMessage(_ value: String, limit: Int, to line: inout String) {
        appendScalars(of: value, limit: limit, to: &line, append: appendReadable)
    }

    private static func needsQuotes(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\"" || scalar == "\\" || scalar == "="
    }

    private static func appendReadable(_ scalar: Unicode.Scalar, to line: inout String) {
        switch scalar {
        case "\n": line += "\\n"
        case "\r": line += "\\r"
        case "\t": line += "\\t"
        default:
            guard !isHarmless(scalar) else { return line.unicodeScalars.append(scalar) }
            line += "\\u{" + hexadecimal(scalar.value, digits: 2) + "}"
        }
    }

    private static func appendScalars(
        of value: String,
        limit: Int,
        to line: inout String,
        append: (Unicode.Scalar, inout String) -> Void
    ) {
        var room = limit
        for scalar in value.unicodeScalars {
            room -= UTF8.width(scalar)
            guard room >= 0 else {
                line += "…"
                return
            }
            append(scalar, &line)
        }
    }

    private static func hexadecimal(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
