/// A file of variables, as the `EnvironmentFile=` of systemd has it, read for the simple cases.
///
/// One `NAME=value` a line; a value may stand in quotes. Lines that begin with `#` or `;` are comments.
enum VariablesFile {
    static let limit = 64 * 1024

    static func variables(_ text: String) -> [String: String] {
        var variables: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            let line = trimmed(line)
            guard let first = line.first, first != "#", first != ";", let equals = line.firstIndex(of: "=") else {
                continue
            }
            let name = trimmed(line[..<equals])
            guard isName(name) else { continue }
            variables[String(name)] = String(unquoted(trimmed(line[line.index(after: equals)...])))
        }
        return variables
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let start = text.drop { $0 == " " || $0 == "\t" }
        guard let end = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
        return start[...end]
    }

    private static func unquoted(_ value: Substring) -> Substring {
        guard value.count >= 2, let first = value.first, first == value.last, first == "\"" || first == "'" else {
            return value
        }
        return value.dropFirst().dropLast()
    }

    private static func isName(_ name: Substring) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy { byte in
            (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x5F
        }
    }
}
