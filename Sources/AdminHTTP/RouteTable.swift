/// Finds the route for a path.
///
/// A path is written as it is asked for, or with places: `{name}` stands for one segment that is not empty, and `{name...}`
/// at the end for all that are left. A path without places comes first, then the one with the most segments.
struct RouteTable: Sendable {
    private struct Pattern {
        let segments: [Segment]
        let route: AdminRoute
    }

    private enum Segment {
        case literal(Substring)
        case one(String)
        case rest(String)
    }

    private let exact: [String: AdminRoute]
    private let patterns: [Pattern]

    init(_ routes: [String: AdminRoute]) {
        exact = routes.filter { !$0.key.contains("{") }
        patterns = routes.filter { $0.key.contains("{") }
            .map { Pattern(segments: Self.segments($0.key).map(Self.segment), route: $0.value) }
            .sorted { $0.segments.count > $1.segments.count }
    }

    /// The route and what stands in its places; nil when nothing stands at the path.
    func find(_ path: String) -> (AdminRoute, parameters: [String: String])? {
        if let route = exact[path] { return (route, [:]) }
        guard !patterns.isEmpty else { return nil }
        let segments = Self.segments(path)
        for pattern in patterns {
            if let parameters = Self.match(pattern.segments, segments) { return (pattern.route, parameters) }
        }
        return nil
    }

    private static func segments(_ path: String) -> [Substring] {
        path.split(separator: "/", omittingEmptySubsequences: false)
    }

    private static func segment(_ text: Substring) -> Segment {
        guard text.hasPrefix("{"), text.hasSuffix("}") else { return .literal(text) }
        let name = text.dropFirst().dropLast()
        return name.hasSuffix("...") ? .rest(String(name.dropLast(3))) : .one(String(name))
    }

    private static func match(_ pattern: [Segment], _ path: [Substring]) -> [String: String]? {
        var parameters: [String: String] = [:]
        var rest = path[...]
        for segment in pattern {
            guard let first = rest.first else { return nil }
            switch segment {
            case .literal(let text):
                guard text == first else { return nil }
            case .one(let name):
                guard !first.isEmpty, let value = AdminRequest.decoded(first, plusIsSpace: false) else { return nil }
                parameters[name] = value
            case .rest(let name):
                let text = rest.joined(separator: "/")
                guard let value = AdminRequest.decoded(text[...], plusIsSpace: false) else { return nil }
                parameters[name] = value
                return parameters
            }
            rest = rest.dropFirst()
        }
        return rest.isEmpty ? parameters : nil
    }
}
