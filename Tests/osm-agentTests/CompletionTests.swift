import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import osm_agent

struct CompletionTests {
    private static func path(of shell: Completion.Shell) -> String? {
        ["/bin", "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"].map { "\($0)/\(shell.rawValue)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    private static let present = Completion.Shell.allCases.filter { path(of: $0) != nil }

    @Test(arguments: present)
    func `is a script that its shell can read`(shell: Completion.Shell) throws {
        let folder = try TemporaryFolder()
        let file = "\(folder.path)/osm-agent"
        try Data(OsmAgent.completionScript(for: shell.generated).utf8).write(to: URL(filePath: file))
        let process = Process()
        process.executableURL = URL(filePath: try #require(Self.path(of: shell)))
        process.arguments = ["-n", file]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test func `knows the shells by name and no other`() throws {
        for shell in Completion.Shell.allCases { #expect(try Completion.parse([shell.rawValue]).shell == shell) }
        #expect(throws: (any Error).self) { try Completion.parse(["powershell"]) }
        #expect(throws: (any Error).self) { try Completion.parse([]) }
    }
}
