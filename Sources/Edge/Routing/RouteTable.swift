import NIOCore
import TunnelProtocol

/// Which binding a request is for, found without looking at more than one host or at the paths of any other.
///
/// The host is chosen first: an exact name before a wildcard. Among what is bound at that host the longest path wins, and
/// a host without a matching path is not served by a wildcard instead: a site belongs to one row of the operator's list.
struct RouteTable {
    /// What is bound at one exact name.
    enum Site {
        case registered(Binding)
        case fixed(PathTree<Binding>)

        var bindings: [Binding] {
            switch self {
            case .registered(let binding): [binding]
            case .fixed(let tree): tree.targets
            }
        }
    }

    struct Match {
        let binding: Binding
        /// How many hash tables were asked; it does not grow with their size.
        let probes: Int
    }

    private var exact: [String: Site] = [:]
    /// By what follows the star and its dot.
    private var wildcards: [String: PathTree<Binding>] = [:]
    private(set) var count = 0

    var bindings: [Binding] { exact.values.flatMap(\.bindings) + wildcards.values.flatMap(\.targets) }

    /// Finds the binding for a host, already normalised, and a path as it came.
    func match(_ host: String, _ path: some Collection<UInt8>, at now: NIODeadline) -> Match? {
        var probes = 1
        switch exact[host] {
        case .registered(let binding) where !binding.isFree(at: now):
            return Match(binding: binding, probes: probes)
        case .fixed(let tree):
            return tree.target(for: path, probes: &probes).map { Match(binding: $0, probes: probes) }
        case .registered, nil:
            guard !wildcards.isEmpty, let domain = Self.domain(above: host) else { return nil }
            probes += 1
            return wildcards[domain]?.target(for: path, probes: &probes).map { Match(binding: $0, probes: probes) }
        }
    }

    /// What is bound at exactly that name.
    func site(_ host: String) -> Site? { exact[host] }

    /// What is bound to every name next to this one.
    func wildcard(over host: String) -> [Binding] {
        Self.domain(above: host).flatMap { wildcards[$0]?.targets } ?? []
    }

    /// Whether anything is bound to every name next to this one.
    func hasWildcard(over host: String) -> Bool { Self.domain(above: host).map { wildcards[$0] != nil } ?? false }

    /// Binds on the operator's word: whoever had registered the name loses it.
    mutating func fix(_ binding: Binding) {
        switch binding.host {
        case .below(let domain):
            count += wildcards[domain.text, default: PathTree()].insert(binding, at: binding.path) ? 1 : 0
        case .exact(let name):
            // Taken out and put back, so that a site of many paths is changed in place.
            let site = exact.removeValue(forKey: name.text)
            if case .registered? = site { count -= 1 }
            var tree = Self.tree(of: consume site)
            count += tree.insert(binding, at: binding.path) ? 1 : 0
            exact[name.text] = .fixed(tree)
        }
    }

    private static func tree(of site: consuming Site?) -> PathTree<Binding> {
        guard case .fixed(let tree)? = consume site else { return PathTree() }
        return tree
    }

    /// Puts a registered binding at a name that the operator has not bound; nil frees the name.
    mutating func set(_ binding: Binding?, at host: String) {
        if let site = exact[host] {
            guard case .registered = site else { return }
            count -= 1
        }
        exact[host] = binding.map { .registered($0) }
        count += binding == nil ? 0 : 1
    }

    private static func domain(above host: String) -> String? {
        host.utf8.firstIndex(of: UInt8(ascii: ".")).map { String(host[host.utf8.index(after: $0)...]) }
    }
}
