import ConfigurationFile
import FoundationEssentials
import Settings

/// Puts the settings together from the command line, the environment and the file; again at each SIGHUP.
struct SettingsLoader: Sendable {
    typealias Table = SettingTable<ProxySettings>

    /// Where the file is when nobody says so; it need not be there.
    static let usualPath = "/etc/osm-proxy/config.yaml"
    static let pathVariable = "OSM_PROXY_CONFIG"

    /// The file, chosen for good when the process starts; nil when there is none.
    private let path: String?
    /// The words of the command line, without `--config`.
    private let arguments: [String]
    private let environment: [String: String]

    /// Chooses the file.
    ///
    /// Only a usual file that does not exist is no file. One that cannot be reached now, or is gone at a later reload, is
    /// an error of ``load()``: defaults in its place would drop every binding.
    ///
    /// - Parameters:
    ///   - path: What was given with `--config`.
    ///   - arguments: The other words of the command line.
    ///   - environment: All variables.
    ///   - usualPath: Where to look when nobody names a file.
    init(
        path: String?,
        arguments: [String],
        environment: [String: String],
        usualPath: String = SettingsLoader.usualPath
    ) {
        self.arguments = arguments
        self.environment = environment
        self.path = path ?? environment[Self.pathVariable] ?? (Self.isAbsent(usualPath) ? nil : usualPath)
    }

    /// Reads every source.
    ///
    /// - Throws: `SettingsProblems` with everything that is wrong in any of them.
    func load() throws(SettingsProblems) -> Table.Resolution {
        let table = ProxySettings.table
        var gathered = Gathered()
        gathered.add { try table.flags(arguments) }
        gathered.add {
            try table.environment(environment, others: [Self.pathVariable]) { path in
                try Self.bytes(of: path, limit: 64 * 1024)
            }
        }
        gathered.add { try fileValues() }
        do throws(SettingsProblems) {
            let resolution = try table.resolve(gathered.values, over: ProxySettings())
            guard gathered.problems.isEmpty else { throw SettingsProblems([]) }
            return resolution
        } catch {
            throw SettingsProblems(gathered.problems + error.problems)
        }
    }

    /// What all sources said, the right and the wrong.
    private struct Gathered {
        var values: [Table.Written] = []
        var problems: [SettingsProblem] = []

        mutating func add(_ source: () throws -> [Table.Written]) {
            do {
                values += try source()
            } catch let error as SettingsProblems {
                problems += error.problems
            } catch {
                problems.append(SettingsProblem(.setting("configuration"), "\(error)"))
            }
        }
    }

    private func fileValues() throws(SettingsProblems) -> [Table.Written] {
        guard let path else { return [] }
        let bytes: [UInt8]
        do {
            bytes = try Self.bytes(of: path, limit: ConfigurationFile.limit)
        } catch {
            throw SettingsProblems([SettingsProblem(.file(path: path, nil), "\(error)")])
        }
        return try values(of: try ConfigurationFile(bytes, path: path))
    }

    private static func isAbsent(_ path: String) -> Bool {
        do {
            _ = try FileManager.default.attributesOfItem(atPath: path)
            return false
        } catch {
            return isMissing(error)
        }
    }

    private static func isMissing(_ error: any Error) -> Bool {
        [.fileReadNoSuchFile, .fileNoSuchFile].contains((error as? CocoaError)?.code)
    }

    private func values(of file: ConfigurationFile) throws(SettingsProblems) -> [Table.Written] {
        var values: [Table.Written] = []
        var problems: [SettingsProblem] = []
        var hasVersion = false
        for entry in file.entries {
            let place = SettingsProblem.Place.file(path: file.path, entry.position)
            guard entry.key != "version" else {
                hasVersion = true
                if entry.words != ["1"] { problems.append(SettingsProblem(place, "version: the only version is 1")) }
                continue
            }
            do throws(SettingRefusal) {
                var words: [String] = []
                for word in entry.words { words.append(try VariableExpansion.expand(word, environment)) }
                values.append(Table.Written(key: entry.key, words: words, place: place))
            } catch {
                problems.append(SettingsProblem(place, "\(entry.key): \(error)"))
            }
        }
        if !hasVersion {
            let text = "the file does not say which version it is written for: begin it with 'version: 1'"
            problems.append(SettingsProblem(.file(path: file.path, nil), text))
        }
        guard problems.isEmpty else { throw SettingsProblems(problems) }
        return values
    }

    /// Reads a file that must be small; a device or a pipe without an end is not read to its end.
    private static func bytes(of path: String, limit: Int) throws(SettingRefusal) -> [UInt8] {
        do {
            let attributes = try FileManager.default.attributesOfItem(atPath: Self.resolved(path))
            guard attributes[.type] as? FileAttributeType == .typeRegular else {
                throw SettingRefusal("it is not a file")
            }
            let size = (attributes[.size] as? UInt64).map(Int.init(clamping:)) ?? 0
            guard size <= limit else { throw SettingRefusal("the file is longer than \(limit) bytes") }
            return Array(try Data(contentsOf: URL(filePath: path)))
        } catch let refusal as SettingRefusal {
            throw refusal
        } catch {
            throw SettingRefusal(isMissing(error) ? "there is no such file" : "it cannot be read")
        }
    }

    /// Where links lead: files that an orchestrator mounts are links.
    private static func resolved(_ path: String) -> String {
        URL(filePath: path).resolvingSymlinksInPath().path
    }
}
