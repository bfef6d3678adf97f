import FoundationEssentials
import Settings

/// Looks at a configuration and at the files that it names.
enum ConfigurationCheck {
    /// Everything that is wrong; `instead` stands for the contents of files, as in ``AgentFileLoader/load(instead:)``.
    static func problems(_ loader: AgentFileLoader, instead: [String: [UInt8]] = [:]) -> [SettingsProblem] {
        do throws(SettingsProblems) {
            // The files of endpoints are read when they are put together.
            let file = try loader.load(instead: instead)
            return missing("proxy_credentials_file", file.settings.proxyCredentialsFile, file)
                + missing("probe_ca", file.settings.probeCA, file)
        } catch {
            return error.problems
        }
    }

    private static func missing(_ key: String, _ path: String?, _ file: AgentFile) -> [SettingsProblem] {
        guard let path, let text = obstacle(toReading: path) else { return [] }
        switch file.resolution.sources[key] {
        case .written(let place)?: return [SettingsProblem(place, "\(key): \(text)")]
        case .byDefault?, nil: return [SettingsProblem(.setting(key), text)]
        }
    }

    private static func obstacle(toReading path: String) -> String? {
        if SmallFile.isAbsent(path) { return "there is no file '\(path)'" }
        return FileManager.default.isReadableFile(atPath: path) ? nil : "'\(path)' cannot be read"
    }
}
