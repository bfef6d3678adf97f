package import Settings
import Yams

/// Reads a YAML file of settings into flat, dotted keys, each with its place in the file.
///
/// Only what a list of settings needs is read: mappings, lists of scalars, scalars. Anchors and aliases are refused
/// before the parser sees them, since a few hundred bytes of them can stand for more than any machine holds.
package struct ConfigurationFile: Sendable {
    /// One value, under its dotted key.
    package struct Entry: Sendable, Equatable {
        package let key: String
        package let words: [String]
        package let position: SettingsProblem.Position?
    }

    /// The largest file that is read, in bytes.
    package static let limit = 1024 * 1024
    /// How deep settings nest.
    static let depth = 4

    package let path: String
    package let entries: [Entry]

    /// Parses a file that has been read.
    ///
    /// - Parameters:
    ///   - bytes: The file; one longer than ``limit`` is refused unread.
    ///   - path: For messages.
    /// - Throws: ``SettingsProblems`` with lines and columns.
    package init(_ bytes: [UInt8], path: String) throws(SettingsProblems) {
        self.path = path
        guard bytes.count <= Self.limit else {
            throw Self.problem(path, nil, "the file is longer than \(Self.limit) bytes")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Self.problem(path, nil, "the file is not UTF-8")
        }
        if let anchor = AnchorSearch.first(in: bytes) {
            throw Self.problem(path, anchor, "anchors and aliases are not read: write each value where it belongs")
        }
        var reader = TreeReader(path: path)
        do {
            // A comment alone, or nothing, is a file without settings.
            // Without rules for kinds of values, `1` and `"1"` are the same key.
            guard let root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot() else {
                entries = []
                return
            }
            reader.read(root: root)
        } catch {
            throw Self.problem(from: error, in: path)
        }
        guard reader.problems.isEmpty else { throw SettingsProblems(reader.problems) }
        entries = reader.entries
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

/// Flattens the tree that the parser made.
private struct TreeReader {
    let path: String
    var entries: [ConfigurationFile.Entry] = []
    var problems: [SettingsProblem] = []
    /// Every key so far, in full, of mappings as well.
    private var keys: Set<String> = []

    init(path: String) { self.path = path }

    mutating func read(root: Node) {
        guard case .mapping(let mapping) = root, !isTagged(root) else {
            return refuse(root, "a configuration is a list of 'key: value'")
        }
        read(mapping, under: "", depth: 1)
    }

    private mutating func read(_ mapping: Node.Mapping, under prefix: String, depth: Int) {
        for (key, value) in mapping {
            guard case .scalar(let name) = key, !name.string.isEmpty, !name.string.contains(".") else {
                refuse(key, "a key is a word without a dot")
                continue
            }
            let full = prefix + name.string
            guard !isTagged(key), !isTagged(value) else {
                refuse(key, "'\(full)' has a tag: tags are not read")
                continue
            }
            guard keys.insert(full).inserted else {
                refuse(key, "'\(full)' stands more than once")
                continue
            }
            switch value {
            case .mapping(let inner) where depth < ConfigurationFile.depth:
                read(inner, under: full + ".", depth: depth + 1)
            case .mapping: refuse(value, "'\(full)' nests too deep")
            case .scalar(let scalar): read(scalar, key: full, at: key)
            case .sequence(let items): read(items, key: full, at: key)
            case .alias: refuse(value, "aliases are not read")
            }
        }
    }

    private mutating func read(_ scalar: Node.Scalar, key: String, at node: Node) {
        guard !isNull(scalar) else { return refuse(node, "'\(key)' has no value") }
        entries.append(.init(key: key, words: [scalar.string], position: Self.position(node)))
    }

    private mutating func read(_ items: Node.Sequence, key: String, at node: Node) {
        var words: [String] = []
        for item in items {
            guard case .scalar(let scalar) = item, !isTagged(item), !isNull(scalar) else {
                return refuse(item, "'\(key)' is a list of plain values")
            }
            words.append(scalar.string)
        }
        entries.append(.init(key: key, words: words, position: Self.position(node)))
    }

    private func isNull(_ scalar: Node.Scalar) -> Bool {
        scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    /// Whether somebody wrote a tag; one that says what a quoted text is anyway cannot be told from none, and is none.
    private func isTagged(_ node: Node) -> Bool {
        switch node {
        case .scalar(let scalar):
            // What is quoted, and a key that was compared, has the tag of a text by itself.
            scalar.tag.rawValue != Tag.Name.implicit.rawValue && scalar.tag.rawValue != Tag.Name.str.rawValue
        case .mapping(let mapping): mapping.tag.rawValue != Tag.Name.implicit.rawValue
        case .sequence(let items): items.tag.rawValue != Tag.Name.implicit.rawValue
        case .alias: false
        }
    }

    private mutating func refuse(_ node: Node, _ text: String) {
        problems.append(SettingsProblem(.file(path: path, Self.position(node)), text))
    }

    private static func position(_ node: Node) -> SettingsProblem.Position? {
        node.mark.map { SettingsProblem.Position(line: $0.line, column: $0.column) }
    }
}
