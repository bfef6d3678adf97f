/// Words of a POSIX shell that say any bytes.
enum ShellWord {
    /// The text in single quotes, within which nothing is special but the quote itself (POSIX, 2.2.2).
    static func quoted(_ text: String) -> String {
        "'" + text.replacing("'", with: #"'\''"#) + "'"
    }

    /// The bytes as `printf` writes them, in ASCII: letters, digits and some marks as they are, all else in octal.
    static func printf(_ bytes: [UInt8]) -> String {
        var format = "printf '"
        for byte in bytes {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: " "), UInt8(ascii: "_"), UInt8(ascii: ","):
                format.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 8)
                format += "\\" + String(repeating: "0", count: 3 - digits.count) + digits
            }
        }
        return format + "'"
    }
}
