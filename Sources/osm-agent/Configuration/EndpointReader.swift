import Agent
import ConfigurationFile
import Settings

/// Reads the items of `endpoints`, and collects what is wrong with any of them.
struct EndpointReader {
    /// How many endpoints a file may have.
    static let limit = EndpointDesk.limit

    let source: FileSource
    private(set) var endpoints: [FileEndpoint] = []
    private(set) var problems: [SettingsProblem] = []
    /// Where each name stands, also those of endpoints that are wrong.
    private var names: [String: SettingsProblem.Position?] = [:]

    init(source: FileSource) { self.source = source }

    mutating func read(_ section: ConfigurationTree.Field) {
        switch section.node.value {
        case .nothing: break
        case .list(let items) where items.count > Self.limit:
            let text = "\(items.count) endpoints are more than the \(Self.limit) that an agent takes"
            problems.append(SettingsProblem(source.place(section.position), text))
        case .list(let items):
            for item in items { read(item) }
        case .word, .fields:
            problems.append(
                SettingsProblem(source.place(section.position), "'endpoints' is a list, each item behind a '-'")
            )
        }
    }

    private mutating func read(_ item: ConfigurationTree.Node) {
        guard case .fields(let fields) = item.value else {
            problems.append(SettingsProblem(source.place(item.position), "an endpoint is a list of 'key: value'"))
            return
        }
        var section = SectionReader(
            EndpointTable.table,
            paths: EndpointTable.paths,
            fieldLists: EndpointTable.fieldLists,
            source: source,
            guesses: SettingsProblems.limit - problems.count
        )
        section.read(fields)
        var found = section.problems
        found += EndpointTable.required.filter { !section.keys.contains($0) }
            .map { SettingsProblem(source.place(item.position), "the endpoint has no '\($0)'") }
        found += duplicates(section.written, fields)
        found += misfits(section.written)
        do throws(SettingsProblems) {
            let resolution = try EndpointTable.table.resolve(section.written, over: EndpointTable.blank)
            if found.isEmpty { try take(resolution.target, section.written, at: source.place(item.position)) }
        } catch {
            found += error.problems
        }
        problems += found.inFileOrder
    }

    private mutating func take(
        _ spec: EndpointSpec,
        _ written: [EndpointTable.Table.Written],
        at place: SettingsProblem.Place
    ) throws(SettingsProblems) {
        var spec = spec
        spec.target = source.paths.resolvedTarget(spec.target)
        let places = Dictionary(written.map { ($0.key, $0.place) }) { first, _ in first }
        let endpoint = FileEndpoint(spec: spec, place: place, places: places)
        if let problem = EndpointCheck.problem(endpoint) { throw SettingsProblems([problem]) }
        endpoints.append(endpoint)
    }

    private mutating func duplicates(
        _ written: [EndpointTable.Table.Written],
        _ fields: [ConfigurationTree.Field]
    ) -> [SettingsProblem] {
        guard let name = written.first(where: { $0.key == "name" }), let word = name.words.first else { return [] }
        let position = fields.first { $0.key == "name" }?.position
        guard let taken = names.updateValue(position, forKey: word) else { return [] }
        let line = taken.map { " in line \($0.line)" } ?? ""
        return [SettingsProblem(name.place, "another endpoint\(line) has the name '\(word)', too")]
    }

    /// Settings for another kind of endpoint.
    private func misfits(_ written: [EndpointTable.Table.Written]) -> [SettingsProblem] {
        let kind = written.first { $0.key == "kind" }?.words.first ?? EndpointTable.blank.kind
        guard EndpointTable.kinds("kind").contains(kind) else { return [] }
        return written.compactMap { value in
            let kinds = EndpointTable.kinds(value.key)
            guard !kinds.contains(kind) else { return nil }
            let text = "'\(value.key)' is for \(kinds.joined(separator: " and ")) endpoints, and this one is \(kind)"
            return SettingsProblem(value.place, text)
        }
    }
}

extension [SettingsProblem] {
    /// As somebody meets them who reads the file; those without a position come first.
    var inFileOrder: [SettingsProblem] {
        func key(_ problem: SettingsProblem) -> (Int, Int) {
            guard case .file(_, let position?) = problem.place else { return (0, 0) }
            return (position.line, position.column)
        }
        return sorted { key($0) < key($1) }
    }
}
