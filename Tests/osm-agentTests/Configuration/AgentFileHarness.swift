import Foundation
import Settings
import TestSupport

@testable import osm_agent

/// A folder of configuration files, and what the agent makes of them.
struct AgentFileHarness {
    private let folder: TemporaryFolder
    var environment: [String: String]
    var flags: [AgentFileLoader.Written] = []

    init() throws {
        folder = try TemporaryFolder()
        environment = ["HOME": "/home/someone"]
    }

    var folderPath: String { folder.path }
    var path: String { "\(folder.path)/config.yaml" }

    @discardableResult
    func write(_ text: String, to name: String = "config.yaml") throws -> String {
        let path = "\(folder.path)/\(name)"
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    func loader(_ paths: [String]? = nil) -> AgentFileLoader {
        AgentFileLoader(
            search: ConfigurationSearch(named: paths ?? [path], environment: environment),
            flags: flags,
            environment: environment,
            currentFolder: "/nowhere"
        )
    }

    func load(_ text: String) throws -> AgentFile {
        try write(text)
        return try loader().load()
    }

    /// What is wrong, with FOLDER for the folder of the files.
    func problems(_ text: String) throws -> [String] {
        try write(text)
        return problems()
    }

    func problems(_ paths: [String]? = nil) -> [String] {
        do throws(SettingsProblems) {
            _ = try loader(paths).load()
            return []
        } catch {
            return error.problems.map { $0.description.replacing(folder.path, with: "FOLDER") }
        }
    }
}
