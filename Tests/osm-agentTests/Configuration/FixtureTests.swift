import Foundation
import Settings
import Testing

@testable import osm_agent

/// The files in `Fixtures`: those in `valid` load, those in `invalid` are refused for what they say themselves.
///
/// A line `#! LINE:COLUMN: TEXT` is a problem of the file, word for word; `#~` gives only how it begins.
struct FixtureTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

    static func files(_ kind: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: kind).path)
            .filter { $0.hasSuffix(".yaml") }
            .sorted()
    }

    private func problems(_ path: String) -> [String] {
        let environment = ["HOME": "/home/someone"]
        let loader = AgentFileLoader(
            search: ConfigurationSearch(named: [path], environment: environment),
            environment: environment,
            currentFolder: "/"
        )
        do throws(SettingsProblems) {
            _ = try loader.load()
            return []
        } catch {
            return error.problems.map { $0.description.replacing(path, with: "FILE") }
        }
    }

    @Test(arguments: try files("valid"))
    func `a file that is right loads`(name: String) {
        #expect(problems(Self.folder.appending(path: "valid/\(name)").path) == [])
    }

    @Test(arguments: try files("invalid"))
    func `a file that is wrong is refused for everything that is wrong with it`(name: String) throws {
        let url = Self.folder.appending(path: "invalid/\(name)")
        let marks = try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
            .filter { $0.hasPrefix("#! ") || $0.hasPrefix("#~ ") }
        let found = problems(url.path)
        #expect(!marks.isEmpty)
        #expect(found.count == marks.count, "\(found)")
        for (problem, mark) in zip(found, marks) {
            let text = mark.dropFirst(3)
            let expected = "FILE:\(text.first?.isNumber == true ? "" : " ")\(text)"
            if mark.hasPrefix("#!") {
                #expect(problem == expected)
            } else {
                #expect(problem.hasPrefix(expected))
            }
        }
    }
}
