package import Settings

/// A YAML file of settings as it nests, for what is more than a list of dotted keys.
///
/// The same is refused as in a ``ConfigurationFile``: anchors, aliases, tags, more than ``ConfigurationFile/limit`` bytes.
package struct ConfigurationTree: Sendable {
    /// A value and where it begins.
    package struct Node: Sendable {
        package let value: Value
        package let position: SettingsProblem.Position?
    }

    package indirect enum Value: Sendable {
        case word(String)
        case list([Node])
        case fields([Field])
        /// A key with nothing behind it.
        case nothing
    }

    /// One `key: value` of a mapping, no two of which have the same key.
    package struct Field: Sendable {
        package let key: String
        package let position: SettingsProblem.Position?
        package let node: Node
    }

    /// How deep values nest.
    static let depth = 8

    package let path: String
    /// The fields of the file, in their order; none of an empty file.
    package let fields: [Field]

    /// Parses a file that has been read.
    ///
    /// - Parameters:
    ///   - bytes: The file.
    ///   - path: For messages.
    /// - Throws: ``SettingsProblems`` with lines and columns.
    package init(_ bytes: [UInt8], path: String) throws(SettingsProblems) {
        self.path = path
        guard let root = try YAMLDocument.root(of: bytes, path: path) else {
            fields = []
            return
        }
        var builder = TreeBuilder(path: path)
        fields = builder.fields(ofRoot: root)
        guard builder.problems.isEmpty else { throw SettingsProblems(builder.problems) }
    }
}

/// Copies the tree that was parsed, and collects what is wrong with it.
private struct TreeBuilder {
    let path: String
    var problems: [SettingsProblem] = []

    init(path: String) { self.path = path }

    mutating func fields(ofRoot root: YAMLNode) -> [ConfigurationTree.Field] {
        guard case .mapping(let pairs) = root.content, !root.isTagged else {
            refuse(root, "a configuration is a list of 'key: value'")
            return []
        }
        return fields(of: pairs, depth: 1)
    }

    private mutating func fields(of pairs: [YAMLNode.Pair], depth: Int) -> [ConfigurationTree.Field] {
        var fields: [ConfigurationTree.Field] = []
        var keys: Set<String> = []
        for pair in pairs {
            let key = pair.key
            guard case .scalar(let name) = key.content, !name.text.isEmpty else {
                refuse(key, "a key is a word")
                continue
            }
            guard !key.isTagged else {
                refuse(key, "'\(name.text)' has a tag: tags are not read")
                continue
            }
            guard keys.insert(name.text).inserted else {
                refuse(key, "'\(name.text)' stands more than once")
                continue
            }
            let node = node(pair.value, name.text, depth: depth)
            fields.append(.init(key: name.text, position: key.position, node: node))
        }
        return fields
    }

    private mutating func node(_ node: YAMLNode, _ name: String, depth: Int) -> ConfigurationTree.Node {
        ConfigurationTree.Node(value: value(node, name, depth: depth), position: node.position)
    }

    private mutating func value(_ node: YAMLNode, _ name: String, depth: Int) -> ConfigurationTree.Value {
        guard !node.isTagged else {
            refuse(node, "'\(name)' has a tag: tags are not read")
            return .nothing
        }
        guard depth < ConfigurationTree.depth else {
            refuse(node, "'\(name)' nests too deep")
            return .nothing
        }
        switch node.content {
        case .scalar(let scalar): return scalar.isNull ? .nothing : .word(scalar.text)
        case .mapping(let pairs): return .fields(fields(of: pairs, depth: depth + 1))
        case .list(let items):
            var nodes: [ConfigurationTree.Node] = []
            for item in items { nodes.append(self.node(item, name, depth: depth + 1)) }
            return .list(nodes)
        }
    }

    private mutating func refuse(_ node: YAMLNode, _ text: String) {
        problems.append(SettingsProblem(.file(path: path, node.position), text))
    }
}
