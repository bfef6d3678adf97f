import Settings

/// Looks for what could be a `%TAG` line, which shortens tags and is of no use where tags are not read.
///
/// The parser compares each of them with all before it, which takes many seconds for a file that is full of them.
enum TagDirectiveSearch {
    static func first(in bytes: [UInt8]) -> SettingsProblem.Position? {
        var line = 1
        for (index, byte) in bytes.enumerated() {
            if byte == UInt8(ascii: "\n") { line += 1 }
            guard byte == UInt8(ascii: "%"), bytes[index...].starts(with: "%TAG".utf8) else { continue }
            if index == 0 || endsLine(bytes[index - 1]) { return SettingsProblem.Position(line: line, column: 1) }
        }
        return nil
    }

    /// Whether a line could end with this byte: of YAML's other line ends, and of the mark a file may begin with, the
    /// last one counts.
    private static func endsLine(_ byte: UInt8) -> Bool { [0x0A, 0x0D, 0x85, 0xA8, 0xA9, 0xBF].contains(byte) }
}
