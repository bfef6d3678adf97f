import Foundation
import Settings
import TestSupport
import Testing

@testable import osm_proxy

struct NamedFilesTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func problems(_ more: [String]) throws -> [String] {
        let named = [("--certificate", "c"), ("--key", "k"), ("--operator-bundle", "b")]
        let files = named.flatMap { [$0, "\(folder.path)/\($1)"] }
        let arguments = ["--standalone", "--public-url", "https://*.t.example"] + files + more
        let usual = "\(folder.path)/none"
        let loader = SettingsLoader(path: nil, arguments: arguments, environment: [:], usualPath: usual)
        return NamedFiles.problems(try loader.loadForRunning()).map {
            $0.description.replacing(folder.path, with: "FOLDER")
        }
    }

    @Test func `every file of the identity that is not there is reported`() throws {
        try Data().write(to: URL(filePath: "\(folder.path)/k"))
        #expect(
            try problems(["--device-crl", "\(folder.path)/r"]) == [
                "FOLDER/c: there is no such file", "FOLDER/b: there is no such file", "FOLDER/r: there is no such file",
            ]
        )
    }

    @Test(arguments: [
        ("none/access.log", "the folder of 'FOLDER/none/access.log' does not exist"), ("", "'FOLDER/' is a folder"),
        ("c/access.log", "the folder of 'FOLDER/c/access.log' does not exist"),
    ])
    func `an access log that cannot be written is reported by its setting`(path: String, problem: String) throws {
        for name in ["c", "k", "b"] { try Data("nothing".utf8).write(to: URL(filePath: "\(folder.path)/\(name)")) }
        let found = try problems(["--access-log-to", "\(folder.path)/\(path)"])
        #expect(found.count == 2)
        #expect(found.last == "--access-log-to: access_log.to: \(problem)")
    }

    @Test func `an access log that can be made is no problem, and is not made`() throws {
        let found = try problems(["--access-log-to", "\(folder.path)/access.log"])
        #expect(found.count == 3)
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/access.log"))
    }
}
