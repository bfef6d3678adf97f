import ConfigurationFile
import Settings

/// Puts the configuration together: a flag before the environment, that before the files, and of those the last first.
struct AgentFileLoader: Sendable {
    typealias Written = AgentSettings.Table.Written

    private let search: ConfigurationSearch
    /// What flags say, as settings.
    private let flags: [Written]
    private let environment: [String: String]
    private let currentFolder: String

    init(
        search: ConfigurationSearch,
        flags: [Written] = [],
        environment: [String: String],
        currentFolder: String
    ) {
        self.search = search
        self.flags = flags
        self.environment = environment
        self.currentFolder = currentFolder
    }

    /// The files that ``load()`` would read now.
    var paths: [String] { search.files }

    /// The same, bound to these files: one that is gone later is an error, and no reason to do without it.
    func bound(to paths: [String]) -> AgentFileLoader {
        guard !paths.isEmpty else { return self }
        let search = ConfigurationSearch(named: paths, environment: environment)
        return AgentFileLoader(
            search: search,
            flags: flags,
            environment: environment,
            currentFolder: currentFolder
        )
    }

    /// A value of a flag, for the setting that it stands for; nil when the flag is not given.
    static func flag(_ flag: String, _ key: String, _ words: [String]?) -> Written? {
        words.map { Written(key: key, words: $0, place: .flag(flag)) }
    }

    /// Reads every source.
    ///
    /// - Parameter instead: By path, what counts in place of a file's contents.
    /// - Returns: What they say together.
    /// - Throws: `SettingsProblems` with everything that is wrong in any of them.
    func load(instead: [String: [UInt8]] = [:]) throws(SettingsProblems) -> AgentFile {
        let paths = search.files
        let parts = paths.map { part($0, instead[$0]) }
        var problems = parts.flatMap(\.problems)
        var written = flags
        do throws(SettingsProblems) {
            written += try variables()
        } catch {
            problems += error.problems
        }
        written += parts.reversed().flatMap(\.settings)
        var endpoints: [FileEndpoint] = []
        do throws(SettingsProblems) {
            endpoints = try AgentFile.merged(parts)
        } catch {
            problems += error.problems
        }
        do throws(SettingsProblems) {
            let resolution = try AgentSettings.table.resolve(written, over: AgentSettings())
            guard problems.isEmpty else { throw SettingsProblems([]) }
            return AgentFile(paths: paths, resolution: resolution, endpoints: endpoints)
        } catch {
            throw SettingsProblems(problems + error.problems)
        }
    }

    private func variables() throws(SettingsProblems) -> [Written] {
        let paths = FilePaths(home: environment["HOME"])
        let others: Set<String> = [ConfigurationSearch.variable]
        let written = try AgentSettings.table.environment(environment, others: others) { path in
            try SmallFile.bytes(of: path, limit: 64 * 1024)
        }
        return written.map { value in
            guard AgentSettings.paths.contains(value.key) else { return value }
            return Written(key: value.key, words: value.words.map { paths.resolved($0) }, place: value.place)
        }
    }

    private func part(_ path: String, _ contents: [UInt8]?) -> AgentFilePart {
        let paths = FilePaths(file: path, home: environment["HOME"], current: currentFolder)
        let source = FileSource(path: path, environment: environment, paths: paths)
        do throws(SettingRefusal) {
            if let contents { return AgentFilePart(contents, source: source) }
            return AgentFilePart(try SmallFile.bytes(of: path, limit: ConfigurationFile.limit), source: source)
        } catch {
            return AgentFilePart(path: path, problem: error)
        }
    }
}
