import Settings

/// Makes a tree of what the parser meets.
struct YAMLComposer: ~Copyable {
    /// How deep lists and mappings nest: more than any configuration, and little enough for the stack.
    static let depth = 64

    private var parser: YAMLParser

    /// Parses a text that holds one document.
    ///
    /// - Returns: nil when there is nothing in it but comments.
    /// - Throws: ``YAMLProblem``.
    static func root(of bytes: [UInt8]) throws(YAMLProblem) -> YAMLNode? {
        var composer = YAMLComposer(parser: try YAMLParser(bytes))
        return try composer.document()
    }

    private init(parser: consuming YAMLParser) { self.parser = parser }

    private mutating func document() throws(YAMLProblem) -> YAMLNode? {
        _ = try parser.next()  // the stream begins
        guard case .documentStart = try parser.next().kind else { return nil }
        let root = try node(parser.next(), depth: 1)
        _ = try parser.next()  // the document ends
        let rest = try parser.next()
        guard case .streamEnd = rest.kind else {
            throw .notYAML("but found another document", rest.position)
        }
        return root
    }

    /// The node that begins with an event.
    private mutating func node(_ event: YAMLEvent, depth: Int) throws(YAMLProblem) -> YAMLNode {
        guard depth <= Self.depth else { throw YAMLProblem(text: "this nests too deep", position: event.position) }
        switch event.kind {
        case .scalar(let scalar, let isTagged):
            return YAMLNode(content: .scalar(scalar), isTagged: isTagged, position: event.position)
        case .listStart(let isTagged):
            let content = YAMLNode.Content.list(try items(depth: depth))
            return YAMLNode(content: content, isTagged: isTagged, position: event.position)
        case .mappingStart(let isTagged):
            let content = YAMLNode.Content.mapping(try pairs(depth: depth))
            return YAMLNode(content: content, isTagged: isTagged, position: event.position)
        // Of an anchor, which is refused before there is a parser.
        case .alias: throw .notYAML("found undefined alias", event.position)
        case .documentStart, .streamEnd, .end, .other: throw .unknown
        }
    }

    private mutating func items(depth: Int) throws(YAMLProblem) -> [YAMLNode] {
        var items: [YAMLNode] = []
        while let event = try nextBeforeEnd() { items.append(try node(event, depth: depth + 1)) }
        return items
    }

    private mutating func pairs(depth: Int) throws(YAMLProblem) -> [YAMLNode.Pair] {
        var pairs: [YAMLNode.Pair] = []
        var places: [String: SettingsProblem.Position] = [:]
        while let event = try nextBeforeEnd() {
            let key = try node(event, depth: depth + 1)
            // `1` and `"1"` are the same key; what has a tag is refused by whoever reads the tree.
            if case .scalar(let name) = key.content, !key.isTagged {
                if let first = places[name.text] {
                    throw YAMLProblem(text: "'\(name.text)' stands more than once", position: first)
                }
                places[name.text] = key.position
            }
            pairs.append(YAMLNode.Pair(key: key, value: try node(parser.next(), depth: depth + 1)))
        }
        return pairs
    }

    private mutating func nextBeforeEnd() throws(YAMLProblem) -> YAMLEvent? {
        let event = try parser.next()
        if case .end = event.kind { return nil }
        return event
    }
}
