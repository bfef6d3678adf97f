import FoundationEssentials
import Settings

/// A configuration, or what is wrong with it, as operators and machines read it; secrets are never part of it.
enum SettingsReport {
    struct Row: Encodable {
        let key: String
        /// The words of the value: none, one, or for a list all of them.
        let value: [String]
        let source: String
    }

    static func rows(_ resolution: SettingsLoader.Table.Resolution) -> [Row] {
        ProxySettings.table.settings.map { setting in
            let source = resolution.sources[setting.key] ?? .byDefault
            return Row(key: setting.key, value: setting.words(resolution.target), source: source.description)
        }
    }

    /// One line a setting: key, value, and whose word it is.
    static func text(_ resolution: SettingsLoader.Table.Resolution) -> String {
        rows(resolution).map { row in
            let value = TerminalText.escaped(row.value.joined(separator: " "), limit: 64 * 1024)
            return "\(row.key): \(value)  # \(TerminalText.escaped(row.source))\n"
        }.joined()
    }

    static func json(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(value))
        } catch {
            return Array("null".utf8)  // strings and numbers always encode
        }
    }
}
