import ConfigurationFile
import Settings

/// What one configuration file says, and everything that is wrong with it.
struct AgentFilePart {
    let path: String
    private(set) var settings: [AgentSettings.Table.Written] = []
    private(set) var endpoints: [FileEndpoint] = []
    private(set) var problems: [SettingsProblem] = []

    /// The sections of a file, in the order in which they are documented.
    static let sections = ["version", "agent", "endpoints"]

    /// Reads a file of which the bytes are known.
    init(_ bytes: [UInt8], source: FileSource) {
        path = source.path
        do throws(SettingsProblems) {
            let tree = try ConfigurationTree(bytes, path: path)
            try checkVersion(tree)
            for field in tree.fields { read(field, source) }
            problems = problems.inFileOrder
        } catch {
            problems += error.problems
        }
    }

    /// Nothing, because the file could not be read.
    init(path: String, problem: SettingRefusal) {
        self.path = path
        problems = [SettingsProblem(.file(path: path, nil), "\(problem)")]
    }

    private mutating func read(_ field: ConfigurationTree.Field, _ source: FileSource) {
        switch field.key {
        case "version": break
        case "agent": readAgent(field, source)
        case "endpoints":
            var reader = EndpointReader(source: source)
            reader.read(field)
            endpoints = reader.endpoints
            problems += reader.problems
        case let key:  // a text, not an enum
            let suggestion = Suggestion.nearest(to: key, among: Self.sections + AgentSettings.table.settings.map(\.key))
            let isAgents = suggestion.map { !Self.sections.contains($0) } ?? false
            problems.append(
                SettingsProblem(
                    source.place(field.position),
                    "there is no section '\(key)'",
                    suggestion: suggestion.map { isAgents ? "agent.\($0)" : $0 }
                )
            )
        }
    }

    private mutating func readAgent(_ field: ConfigurationTree.Field, _ source: FileSource) {
        switch field.node.value {
        case .nothing: break
        case .word, .list:
            problems.append(SettingsProblem(source.place(field.position), "'agent' is a list of 'key: value'"))
        case .fields(let fields):
            var reader = SectionReader(AgentSettings.table, paths: AgentSettings.paths, source: source)
            reader.read(fields)
            settings = reader.written
            problems += reader.problems
            // A value that another file replaces is checked all the same: it would be used one day.
            do throws(SettingsProblems) {
                _ = try AgentSettings.table.resolve(settings, over: AgentSettings())
            } catch {
                problems += error.problems
                settings = []
            }
        }
    }

    /// What another version means can only be guessed, so that nothing else is looked at.
    private func checkVersion(_ tree: ConfigurationTree) throws(SettingsProblems) {
        guard let field = tree.fields.first(where: { $0.key == "version" }) else {
            let text = "the file does not say which version it is written for: begin it with 'version: 1'"
            throw SettingsProblems([SettingsProblem(.file(path: path, nil), text)])
        }
        let place = SettingsProblem.Place.file(path: path, field.position)
        guard case .word("1") = field.node.value else {
            throw SettingsProblems([SettingsProblem(place, Self.refusal(ofVersion: field.node.value))])
        }
        guard tree.fields.first?.key == "version" else {
            throw SettingsProblems([SettingsProblem(place, "'version: 1' stands in front of everything else")])
        }
    }

    private static func refusal(ofVersion value: ConfigurationTree.Value) -> String {
        guard case .word(let word) = value, let number = UInt32(word), number > 1 else {
            return "the version is a number, and the only one that there is yet is 1"
        }
        return "the file is written for version \(number), and this osm-agent reads version 1: install a newer one"
    }
}
