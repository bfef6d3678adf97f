package import Settings
import Yams

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

/// Copies the tree of the parser, and collects what is wrong with it.
private struct TreeBuilder {
    let path: String
    var problems: [SettingsProblem] = []

    init(path: String) { self.path = path }

    mutating func fields(ofRoot root: Yams.Node) -> [ConfigurationTree.Field] {
        guard case .mapping(let mapping) = root, !root.isTagged else {
            refuse(root, "a configuration is a list of 'key: value'")
            return []
        }
        return fields(of: mapping, depth: 1)
    }

    private mutating func fields(of mapping: Yams.Node.Mapping, depth: Int) -> [ConfigurationTree.Field] {
        var fields: [ConfigurationTree.Field] = []
        var keys: Set<String> = []
        for (key, value) in mapping {
            guard case .scalar(let name) = key, !name.string.isEmpty else {
                refuse(key, "a key is a word")
                continue
            }
            guard !key.isTagged else {
                refuse(key, "'\(name.string)' has a tag: tags are not read")
                continue
            }
            guard keys.insert(name.string).inserted else {
                refuse(key, "'\(name.string)' stands more than once")
                continue
            }
            let node = node(value, name.string, depth: depth)
            fields.append(.init(key: name.string, position: key.position, node: node))
        }
        return fields
    }

    private mutating func node(_ node: Yams.Node, _ name: String, depth: Int) -> ConfigurationTree.Node {
        ConfigurationTree.Node(value: value(node, name, depth: depth), position: node.position)
    }

    private mutating func value(_ node: Yams.Node, _ name: String, depth: Int) -> ConfigurationTree.Value {
        guard !node.isTagged else {
            refuse(node, "'\(name)' has a tag: tags are not read")
            return .nothing
        }
        guard depth < ConfigurationTree.depth else {
            refuse(node, "'\(name)' nests too deep")
            return .nothing
        }
        switch node {
        case .scalar(let scalar): return scalar.isNull ? .nothing : .word(scalar.string)
        case .mapping(let mapping): return .fields(fields(of: mapping, depth: depth + 1))
        case .sequence(let items):
            var nodes: [ConfigurationTree.Node] = []
            for item in items { nodes.append(self.node(item, name, depth: depth + 1)) }
            return .list(nodes)
        case .alias:
            refuse(node, "aliases are not read")
            return .nothing
        }
    }

    private mutating func refuse(_ node: Yams.Node, _ text: String) {
        problems.append(SettingsProblem(.file(path: path, node.position), text))
    }
}
