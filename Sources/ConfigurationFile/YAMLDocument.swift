import Settings
import Yams

/// The bytes of a file, checked for what no configuration needs, as the tree that the parser makes of them.
enum YAMLDocument {
    /// Parses a file.
    ///
    /// - Returns: nil for a file with nothing in it but comments.
    /// - Throws: ``SettingsProblems`` with one problem: the parser goes no further than the first.
    static func root(of bytes: [UInt8], path: String) throws(SettingsProblems) -> Node? {
        guard bytes.count <= ConfigurationFile.limit else {
            throw problem(path, nil, "the file is longer than \(ConfigurationFile.limit) bytes")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw problem(path, nil, "the file is not UTF-8")
        }
        if let anchor = AnchorSearch.first(in: bytes) {
            throw problem(path, anchor, "anchors and aliases are not read: write each value where it belongs")
        }
        do {
            // Without rules for kinds of values, `1` and `"1"` are the same key.
            return try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
        } catch {
            throw problem(from: error, in: path)
        }
    }

    private static func problem(
        _ path: String,
        _ position: SettingsProblem.Position?,
        _ text: String
    ) -> SettingsProblems {
        SettingsProblems([SettingsProblem(.file(path: path, position), text)])
    }

    private static func problem(from error: any Error, in path: String) -> SettingsProblems {
        guard let error = error as? YamlError else { return problem(path, nil, "it cannot be read") }
        switch error {
        case .scanner(_, let text, let mark, _), .parser(_, let text, let mark, _), .composer(_, let text, let mark, _):
            let position = SettingsProblem.Position(line: mark.line, column: mark.column)
            let hint = text.contains("alphabetic or numeric") ? " (quote a value that begins with * or &)" : ""
            return problem(path, position, "not YAML: \(text)\(hint)")
        case .duplicatedKeysInMapping(let keys, let context):
            let position = SettingsProblem.Position(line: context.mark.line, column: context.mark.column)
            return problem(path, position, "'\(keys.first ?? "")' stands more than once")
        case .reader(let text, _, _, _):
            return problem(path, nil, "not YAML: \(text)")
        default:  // a foreign enum: what else there is concerns writing
            return problem(path, nil, "not YAML")
        }
    }
}

extension Node {
    /// Whether somebody wrote a tag; one that says what a quoted text is anyway cannot be told from none, and is none.
    var isTagged: Bool {
        switch self {
        case .scalar(let scalar):
            // What is quoted, and a key that was compared, has the tag of a text by itself.
            scalar.tag.rawValue != Tag.Name.implicit.rawValue && scalar.tag.rawValue != Tag.Name.str.rawValue
        case .mapping(let mapping): mapping.tag.rawValue != Tag.Name.implicit.rawValue
        case .sequence(let items): items.tag.rawValue != Tag.Name.implicit.rawValue
        case .alias: false
        }
    }

    var position: SettingsProblem.Position? {
        mark.map { SettingsProblem.Position(line: $0.line, column: $0.column) }
    }
}

extension Node.Scalar {
    /// Whether it is written the way YAML writes nothing.
    var isNull: Bool { style == .plain && ["", "~", "null", "Null", "NULL"].contains(string) }
}
