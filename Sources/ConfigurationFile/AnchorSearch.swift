import Settings

/// Looks for what could be an anchor, which is what an alias needs.
///
/// An anchor is `&` and a name, where no word is under way; without knowing what is quoted this also finds some that are
/// none (`"&x"`), which then have to be written in another way, but it misses none.
enum AnchorSearch {
    static func first(in bytes: [UInt8]) -> SettingsProblem.Position? {
        var line = 1
        var column = 1
        for (index, byte) in bytes.enumerated() {
            if byte == UInt8(ascii: "&") {
                let isInWord = index > 0 && isLetterOrDigit(bytes[index - 1])
                let next = index + 1 < bytes.count ? bytes[index + 1] : UInt8(ascii: " ")
                if !isInWord, !isBlank(next) { return SettingsProblem.Position(line: line, column: column) }
            }
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return nil
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }
}
