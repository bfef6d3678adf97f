import Settings

/// Where a section of settings was read, and what the words in it may refer to.
struct FileSource: Sendable {
    let path: String
    let environment: [String: String]
    let paths: FilePaths

    func place(_ position: SettingsProblem.Position?) -> SettingsProblem.Place { .file(path: path, position) }
}
