/// Path prefixes of one host and what each is bound to; finds the longest that a path begins with.
///
/// One level for each segment, so that a lookup walks along the path's own segments and ends where the bound prefixes do:
/// neither the number of prefixes nor the rest of a long path costs anything.
struct PathTree<Target> {
    private struct Node {
        var target: Target?
        var children: [[UInt8]: Node] = [:]

        mutating func insert(_ target: Target, at segments: ArraySlice<[UInt8]>) -> Bool {
            guard let first = segments.first else {
                let isNew = self.target == nil
                self.target = target
                return isNew
            }
            return children[first, default: Node()].insert(target, at: segments.dropFirst())
        }

        func collect(into targets: inout [Target]) {
            if let target { targets.append(target) }
            for child in children.values { child.collect(into: &targets) }
        }
    }

    private var root = Node()

    /// Every target, in no order.
    var targets: [Target] {
        var targets: [Target] = []
        root.collect(into: &targets)
        return targets
    }

    /// Binds a prefix; what it was bound to before is forgotten.
    ///
    /// - Returns: Whether it was bound to nothing before.
    mutating func insert(_ target: Target, at prefix: PathPrefix) -> Bool {
        root.insert(target, at: prefix.segments[...])
    }

    /// Finds what the longest prefix of a path is bound to.
    ///
    /// - Parameters:
    ///   - path: The request's target as it came, query included; `*` has no prefix but the root.
    ///   - probes: Counts the hash tables that were asked.
    /// - Returns: The target; nil when nothing that the path begins with is bound.
    func target(for path: some Collection<UInt8>, probes: inout Int) -> Target? {
        guard path.first == UInt8(ascii: "/") else { return root.target }
        var node = root
        var best = root.target
        var rest = path.dropFirst()
        while !node.children.isEmpty {
            let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
            probes += 1
            guard let child = node.children[Array(rest[..<end])] else { break }
            node = child
            best = child.target ?? best
            guard end < rest.endIndex, rest[end] == UInt8(ascii: "/") else { break }
            rest = rest[rest.index(after: end)...]
        }
        return best
    }
}
