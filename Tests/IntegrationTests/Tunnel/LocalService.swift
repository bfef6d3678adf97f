import Foundation
import Testing

/// What an agent serves in a test: a program that prints its port as JSON in its first line.
struct LocalService: Sendable {
    private let program: Source
    private let arguments: [String]
    private let scheme: String

    private enum Source { case sample, script(String), path(String) }

    static let sample = LocalService(program: .sample, arguments: ["--json"], scheme: "http")

    /// A Python program beside the tests of other people's clients and servers.
    static func script(_ name: String, _ arguments: String..., scheme: String = "http") -> LocalService {
        LocalService(program: .script(name), arguments: arguments, scheme: scheme)
    }

    /// A Python program elsewhere that needs no libraries of others.
    static func program(at path: String) -> LocalService {
        LocalService(program: .path(path), arguments: [], scheme: "http")
    }

    var isSample: Bool {
        switch program {
        case .sample: true
        case .script, .path: false
        }
    }

    func start(in folder: String) throws -> Program {
        switch program {
        case .sample: try Program("sample-origin", arguments, in: folder)
        case .script(let name):
            try Program(
                try #require(TestPrograms.pythonWithLibraries),
                [ForeignPrograms.path(name)] + arguments,
                in: folder,
                called: name
            )
        case .path(let path):
            try Program(try #require(TestPrograms.python), ["-B", path], in: folder, called: "program")
        }
    }

    /// The origin as the agent is told it.
    func target(_ port: Int) -> String { "\(scheme)://127.0.0.1:\(port)" }
}

/// The Python programs of the tests with clients and servers that we did not write.
enum ForeignPrograms {
    static func path(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Foreign/Programs/\(name)").path
    }

    /// Runs one to its end; its last words are what it printed, errors included.
    static func run(_ name: String, _ arguments: String...) throws -> (status: Int32, output: String) {
        let words = [try #require(TestPrograms.pythonWithLibraries), path(name)] + arguments
        return try Shell.script("exec \"$@\" 2>&1", words)
    }
}
