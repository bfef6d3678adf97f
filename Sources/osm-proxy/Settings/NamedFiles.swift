import Edge
import FoundationEssentials
import Settings

/// Looks at the files that a configuration names as an edge would when it starts, but writes nothing.
enum NamedFiles {
    static func problems(_ present: PresentSettings.Present) -> [SettingsProblem] {
        identityProblems(present.configuration.identity) + accessLogProblems(present.resolution)
    }

    /// Every file that cannot be read; when all can, the first that says something wrong.
    private static func identityProblems(_ files: EdgeIdentityFiles) -> [SettingsProblem] {
        let paths = [files.certificate, files.key, files.operatorBundle] + [files.deviceRevocations].compactMap { $0 }
        let unreadable = paths.filter { !FileManager.default.isReadableFile(atPath: $0) }
        guard unreadable.isEmpty else {
            return unreadable.map { path in
                let text = SmallFile.isAbsent(path) ? "there is no such file" : "it cannot be read"
                return SettingsProblem(.file(path: path, nil), text)
            }
        }
        do throws(EdgeIdentityError) {
            try files.check()
            return []
        } catch {
            return [SettingsProblem(.file(path: error.file, nil), error.problem)]
        }
    }

    private static func accessLogProblems(_ resolution: SettingsLoader.Table.Resolution) -> [SettingsProblem] {
        guard case .file(let path) = resolution.target.accessLog.destination, let text = obstacle(toWriting: path)
        else { return [] }
        let key = "access_log.to"
        switch resolution.sources[key] {
        case .written(let place)?: return [SettingsProblem(place, "\(key): \(text)")]
        case .byDefault?, nil: return [SettingsProblem(.setting(key), text)]
        }
    }

    /// Why a file cannot be written, or made.
    private static func obstacle(toWriting path: String) -> String? {
        let files = FileManager.default
        var isFolder = false
        if files.fileExists(atPath: path, isDirectory: &isFolder) {
            if isFolder { return "'\(path)' is a folder" }
            return files.isWritableFile(atPath: path) ? nil : "'\(path)' may not be written"
        }
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let folder = slash == path.startIndex ? "/" : String(path[..<slash])
        guard files.fileExists(atPath: folder, isDirectory: &isFolder), isFolder else {
            return "the folder of '\(path)' does not exist"
        }
        let mayMake = files.isWritableFile(atPath: folder) && files.isExecutableFile(atPath: folder)
        return mayMake ? nil : "no file may be made in the folder of '\(path)'"
    }
}
