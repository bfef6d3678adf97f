import ConfigurationFile
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
        self.path = path ?? environment[Self.pathVariable] ?? (SmallFile.isAbsent(usualPath) ? nil : usualPath)
    }

    /// Reads every source, for an edge to run with.
    ///
    /// - Throws: `SettingsProblems` with everything that is wrong in any of them, and every setting that is missing.
    func loadForRunning() throws(SettingsProblems) -> PresentSettings.Present {
        let resolution = try load(isForRunning: true)
        return .init(resolution: resolution, configuration: try resolution.target.edgeConfiguration())
    }

    /// Reads every source.
    ///
    /// - Parameter isForRunning: Whether what is missing is reported next to what is wrong.
    /// - Returns: The settings, some of which may be missing.
    /// - Throws: `SettingsProblems` with everything that is wrong in any of them.
    func load(isForRunning: Bool = false) throws(SettingsProblems) -> Table.Resolution {
        let gathered = gather()
        // A source that could not be read at all may have named everything.
        let missing = isForRunning && gathered.isWhole ? ProxySettings.missing(besides: gathered.keys) : []
        do throws(SettingsProblems) {
            let resolution = try ProxySettings.table.resolve(gathered.values, over: ProxySettings())
            guard gathered.problems.isEmpty else { throw SettingsProblems([]) }
            return resolution
        } catch {
            throw SettingsProblems(gathered.problems + error.problems + missing)
        }
    }

    private func gather() -> GatheredSettings {
        let table = ProxySettings.table
        var gathered = GatheredSettings()
        gathered.add { () throws(SettingsProblems) in try table.flags(arguments) }
        gathered.add { () throws(SettingsProblems) in
            try table.environment(environment, others: [Self.pathVariable]) { path in
                try SmallFile.bytes(of: path, limit: 64 * 1024)
            }
        }
        do throws(SettingsProblems) {
            if let path { gathered.add(try Self.file(path), environment) }
        } catch {
            gathered.refuse(error)
        }
        return gathered
    }

    private static func file(_ path: String) throws(SettingsProblems) -> ConfigurationFile {
        let bytes: [UInt8]
        do {
            bytes = try SmallFile.bytes(of: path, limit: ConfigurationFile.limit)
        } catch {
            throw SettingsProblems([SettingsProblem(.file(path: path, nil), "\(error)")])
        }
        return try ConfigurationFile(bytes, path: path)
    }
}
