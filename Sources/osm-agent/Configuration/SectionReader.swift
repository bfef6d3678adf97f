import ConfigurationFile
import Settings

/// Turns the nested fields of one section into the dotted settings of a table, with variables and paths put in.
///
/// It goes on behind what is wrong, so that one look at a file tells everything.
struct SectionReader<Target: Sendable> {
    typealias Table = SettingTable<Target>

    let table: Table
    /// The settings whose values are paths.
    let pathKeys: Set<String>
    /// The lists that are written as mappings.
    let fieldLists: Set<String>
    let source: FileSource
    private(set) var written: [Table.Written] = []
    private(set) var problems: [SettingsProblem] = []
    /// Every key that somebody wrote, also with a value that could not be read.
    private(set) var keys: Set<String> = []
    /// What the keys of settings have in front of their dots.
    private let groups: Set<String>
    /// How many unknown keys are still compared with those that there are, which costs more than all else.
    private var guesses: Int

    init(
        _ table: Table,
        paths: Set<String>,
        fieldLists: Set<String> = [],
        source: FileSource,
        guesses: Int = SettingsProblems.limit
    ) {
        self.table = table
        self.guesses = guesses
        self.source = source
        self.fieldLists = fieldLists
        pathKeys = paths
        groups = Set(table.settings.compactMap { Self.group(of: $0.key) })
    }

    mutating func read(_ fields: [ConfigurationTree.Field], under prefix: String = "") {
        for field in fields {
            let key = prefix + field.key
            if let setting = table.setting(key) {
                keys.insert(key)
                read(field, setting)
            } else if groups.contains(key) {
                readGroup(field, key)
            } else {
                refuse(unknown: field, under: prefix)
            }
        }
    }

    private mutating func readGroup(_ field: ConfigurationTree.Field, _ key: String) {
        switch field.node.value {
        case .fields(let inner): read(inner, under: key + ".")
        case .nothing: break
        case .word, .list: refuse(field, "'\(key)' is a list of 'key: value'")
        }
    }

    private mutating func read(_ field: ConfigurationTree.Field, _ setting: Setting<Target>) {
        let key = setting.key
        switch field.node.value {
        case .nothing: refuse(field, "'\(key)' has no value")
        case .word where fieldLists.contains(key), .list where fieldLists.contains(key):
            refuse(field, "'\(key)' is a list of 'field: value'")
        case .fields(let inner) where fieldLists.contains(key): readFields(inner, key, at: field)
        case .fields: refuse(field, "'\(key)' is a value, not a list of 'key: value'")
        case .word(let word): take([word], key, at: field)
        case .list where setting.arity == .one: refuse(field, "'\(key)' is one value, not a list")
        case .list(let items):
            var words: [String] = []
            for item in items {
                guard case .word(let word) = item.value else {
                    return refuse(SettingsProblem(source.place(item.position), "'\(key)' is a list of plain values"))
                }
                words.append(word)
            }
            take(words, key, at: field)
        }
    }

    private mutating func readFields(
        _ fields: [ConfigurationTree.Field],
        _ key: String,
        at parent: ConfigurationTree.Field
    ) {
        var words: [String] = []
        for field in fields {
            guard case .word(let value) = field.node.value else {
                return refuse(field, "the value of '\(field.key)' is a text; write '' for an empty one")
            }
            guard !field.key.contains(":") else { return refuse(field, "'\(field.key)' is not a field's name") }
            words.append("\(field.key): \(value)")
        }
        take(words, key, at: parent)
    }

    private mutating func take(_ words: [String], _ key: String, at field: ConfigurationTree.Field) {
        do throws(SettingRefusal) {
            var expanded: [String] = []
            for word in words {
                let value = try VariableExpansion.expand(word, source.environment)
                expanded.append(pathKeys.contains(key) && value != "none" ? source.paths.resolved(value) : value)
            }
            written.append(Table.Written(key: key, words: expanded, place: source.place(field.position)))
        } catch {
            refuse(field, "\(key): \(error)")
        }
    }

    private mutating func refuse(_ field: ConfigurationTree.Field, _ text: String) {
        refuse(SettingsProblem(source.place(field.position), text))
    }

    private mutating func refuse(_ problem: SettingsProblem) { problems.append(problem) }

    /// Looks for what was meant next to the key first, and then for a setting that ends with the same word elsewhere.
    private mutating func refuse(unknown field: ConfigurationTree.Field, under prefix: String) {
        var suggestion: String?
        if guesses > 0 {
            guesses -= 1
            let names = table.settings.map(\.key) + groups.sorted()
            let siblings = names.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
            let begun = siblings.first { field.key.count > 2 && $0.hasPrefix(field.key) }
            let elsewhere = names.first { $0.hasSuffix(".\(field.key)") || !prefix.isEmpty && $0 == field.key }
            let near = begun ?? (elsewhere == nil ? Suggestion.nearest(to: field.key, among: siblings) : nil)
            suggestion = near.map { prefix + $0 } ?? elsewhere
        }
        let text = "there is no setting '\(prefix + field.key)'"
        refuse(SettingsProblem(source.place(field.position), text, suggestion: suggestion))
    }

    private static func group(of key: String) -> String? {
        key.lastIndex(of: ".").map { String(key[..<$0]) }
    }
}
