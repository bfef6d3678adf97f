/// Words of a unit file, as systemd.syntax(7) and systemd.service(5) have them read.
enum UnitWord {
    /// An argument of a command: neither a specifier nor a variable is left in it.
    static func argument(_ word: String) -> String { quoted(word.replacing("$", with: "$$")) }

    /// A program or a path in a list, in which variables are not looked for.
    static func path(_ word: String) -> String { quoted(word) }

    /// The rest of a line that is one path, without quotes.
    static func line(_ path: String) -> String { path.replacing("%", with: "%%") }

    private static func quoted(_ word: String) -> String {
        let text = word.replacing("%", with: "%%")
        guard word.isEmpty || !word.utf8.allSatisfy(isPlain) else { return text }
        return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "/._-+=:@,%$".utf8.contains(byte)
        }
    }
}
