import FoundationEssentials
import Settings

/// Where the configuration files are: those that were named, or else the first of the usual ones that is there.
struct ConfigurationSearch: Sendable {
    static let variable = "OSM_AGENT_CONFIG"
    static let systemPath = "/etc/osm-agent/config.yaml"

    /// The files that a flag or the variable names; each has to be there.
    let named: [String]
    /// Where to look otherwise, the best place first.
    let usual: [String]

    #if os(macOS)
    static let hasLibrary = true
    #else
    static let hasLibrary = false
    #endif

    /// - Parameters:
    ///   - named: What was given with `--config`, the weakest first.
    ///   - environment: All variables.
    ///   - hasLibrary: Whether users keep such files in `~/Library`, as on macOS.
    init(named: [String], environment: [String: String], hasLibrary: Bool = Self.hasLibrary) {
        self.named = named.isEmpty ? [environment[Self.variable]].compactMap { $0 } : named
        usual = Self.usualPaths(environment, hasLibrary: hasLibrary)
    }

    /// The files to read now, the weakest first.
    var files: [String] {
        guard named.isEmpty else { return named }
        return usual.first(where: Self.isThere).map { [$0] } ?? []
    }

    /// The machine's own file is not there for users who may not read it: it may be that of a service, with secrets.
    private static func isThere(_ path: String) -> Bool {
        guard !SmallFile.isAbsent(path) else { return false }
        return path != systemPath || FileManager.default.isReadableFile(atPath: path)
    }

    /// The file to edit: the first of those that are read, or where one would be made.
    var editable: String? { files.first ?? usual.first }

    private static func usualPaths(_ environment: [String: String], hasLibrary: Bool) -> [String] {
        let name = "osm-agent/config.yaml"
        var paths: [String] = []
        let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        if hasLibrary, let home { paths.append("\(home)/Library/Application Support/\(name)") }
        if let folder = environment["XDG_CONFIG_HOME"], folder.hasPrefix("/") {
            paths.append("\(folder)/\(name)")
        } else if let home {
            paths.append("\(home)/.config/\(name)")
        }
        return paths + [systemPath]
    }
}
