import ConfigurationFile
import Settings

/// What all sources said, the right and the wrong.
struct GatheredSettings {
    typealias Written = SettingsLoader.Table.Written

    private(set) var values: [Written] = []
    private(set) var problems: [SettingsProblem] = []
    /// Every key that somebody wrote, also with a value that could not be read.
    private(set) var keys: Set<String> = []
    /// Whether every source was read to its end; if not, any key may stand in what was not.
    private(set) var isWhole = true

    /// Adds what a source says, or why it says nothing.
    mutating func add(_ source: () throws(SettingsProblems) -> [Written]) {
        do throws(SettingsProblems) {
            let written = try source()
            values += written
            keys.formUnion(written.map(\.key))
        } catch {
            refuse(error)
        }
    }

    /// Adds why a source says nothing.
    mutating func refuse(_ error: SettingsProblems) {
        problems += error.problems
        isWhole = false
    }

    /// Adds what a file says, with variables put in.
    mutating func add(_ file: ConfigurationFile, _ environment: [String: String]) {
        var hasVersion = false
        for entry in file.entries {
            let place = SettingsProblem.Place.file(path: file.path, entry.position)
            guard entry.key != "version" else {
                hasVersion = true
                if entry.words != ["1"] { problems.append(SettingsProblem(place, "version: the only version is 1")) }
                continue
            }
            keys.insert(entry.key)
            do throws(SettingRefusal) {
                var words: [String] = []
                for word in entry.words { words.append(try VariableExpansion.expand(word, environment)) }
                values.append(Written(key: entry.key, words: words, place: place))
            } catch {
                problems.append(SettingsProblem(place, "\(entry.key): \(error)"))
            }
        }
        guard !hasVersion else { return }
        let text = "the file does not say which version it is written for: begin it with 'version: 1'"
        problems.append(SettingsProblem(.file(path: file.path, nil), text))
    }
}
