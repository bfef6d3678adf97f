import Settings

/// The table of settings for people: in `--help` and in docs/configuration.md.
enum SettingsText {
    private static let table = ProxySettings.table
    /// Narrower than a terminal: what is wider would be broken once more, in odd places.
    private static let width = 76

    /// Every setting with its meaning and its default; one that has no flag by its variable.
    static var help: String {
        table.settings.map { setting in
            let value = setting.isTruth ? "" : " <\(setting.placeholder)>"
            let variable = setting.environmentName(table.prefix)
            let title = setting.flag.map { $0 + value } ?? "(no flag) \(variable), or \(variable)_FILE"
            let notes = [setting.arity == .many ? "Repeatable." : nil, defaultNote(setting)].compactMap { $0 }
            let text = ([setting.summary] + notes).joined(separator: " ")
            return "  \(title)\n" + wrapped(text, indent: "      ")
        }.joined(separator: "\n")
    }

    /// The rows of the table in docs/configuration.md.
    static var markdownRows: [String] {
        table.settings.map { setting in
            let flag = setting.flag.map { "`\($0)`" } ?? "none"
            let value = escaped(setting.placeholder) + (setting.arity == .many ? " (list)" : "")
            return "| `\(setting.key)` | \(value) | \(defaultCell(setting)) | \(setting.change.rawValue) | "
                + "\(flag), `\(setting.environmentName(table.prefix))` | \(escaped(setting.summary)) |"
        }
    }

    private static func defaultNote(_ setting: Setting<ProxySettings>) -> String? {
        let words = setting.words(ProxySettings())
        return words.isEmpty || setting.isTruth ? nil : "(default: \(words.joined(separator: " ")))"
    }

    private static func defaultCell(_ setting: Setting<ProxySettings>) -> String {
        let words = setting.words(ProxySettings())
        return words.isEmpty ? "" : "`\(words.joined(separator: " "))`"
    }

    /// A text as it stands in a cell of a table.
    static func escaped(_ text: String) -> String {
        text.reduce(into: "") { $0 += $1 == "|" ? "\\|" : String($1) }
    }

    private static func wrapped(_ text: String, indent: String) -> String {
        var lines: [String] = []
        var line = indent
        for word in text.split(separator: " ") {
            if line.count + word.count > width, line.count > indent.count {
                lines.append(line)
                line = indent
            }
            line += (line.count > indent.count ? " " : "") + word
        }
        return (lines + [line]).joined(separator: "\n")
    }
}
