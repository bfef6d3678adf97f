package import Settings

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
        var reader = TreeReader(path: path)
        // A comment alone, or nothing, is a file without settings.
        guard let root = try YAMLDocument.root(of: bytes, path: path) else {
            entries = []
            return
        }
        reader.read(root: root)
        guard reader.problems.isEmpty else { throw SettingsProblems(reader.problems) }
        entries = reader.entries
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

    mutating func read(root: YAMLNode) {
        guard case .mapping(let pairs) = root.content, !root.isTagged else {
            return refuse(root, "a configuration is a list of 'key: value'")
        }
        read(pairs, under: "", depth: 1)
    }

    private mutating func read(_ pairs: [YAMLNode.Pair], under prefix: String, depth: Int) {
        for pair in pairs {
            let (key, value) = (pair.key, pair.value)
            guard case .scalar(let name) = key.content, !name.text.isEmpty, !name.text.contains(".") else {
                refuse(key, "a key is a word without a dot")
                continue
            }
            let full = prefix + name.text
            guard !key.isTagged, !value.isTagged else {
                refuse(key, "'\(full)' has a tag: tags are not read")
                continue
            }
            guard keys.insert(full).inserted else {
                refuse(key, "'\(full)' stands more than once")
                continue
            }
            switch value.content {
            case .mapping(let inner) where depth < ConfigurationFile.depth:
                read(inner, under: full + ".", depth: depth + 1)
            case .mapping: refuse(value, "'\(full)' nests too deep")
            case .scalar(let scalar): read(scalar, key: full, at: key)
            case .list(let items): read(items, key: full, at: key)
            }
        }
    }

    private mutating func read(_ scalar: YAMLNode.Scalar, key: String, at node: YAMLNode) {
        guard !scalar.isNull else { return refuse(node, "'\(key)' has no value") }
        entries.append(.init(key: key, words: [scalar.text], position: node.position))
    }

    private mutating func read(_ items: [YAMLNode], key: String, at node: YAMLNode) {
        var words: [String] = []
        for item in items {
            guard case .scalar(let scalar) = item.content, !item.isTagged, !scalar.isNull else {
                return refuse(item, "'\(key)' is a list of plain values")
            }
            words.append(scalar.text)
        }
        entries.append(.init(key: key, words: words, position: node.position))
    }

    private mutating func refuse(_ node: YAMLNode, _ text: String) {
        problems.append(SettingsProblem(.file(path: path, node.position), text))
    }
}
