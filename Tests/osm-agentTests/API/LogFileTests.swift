import Foundation
import TestSupport
import Testing

@testable import Agent
@testable import osm_agent

@Suite(.timeLimit(.minutes(1)))
struct LogFileTests {
    private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    @Test func `lines stand in the file in their order`() async throws {
        let folder = try TemporaryFolder()
        let file = try LogFile(path: "\(folder.path)/log")
        for number in 0..<100 { file.append("\(number)\n") }
        await file.close()
        #expect(try text("\(folder.path)/log") == (0..<100).map { "\($0)\n" }.joined())
    }

    @Test func `a file that was moved away is opened again by its path`() async throws {
        let folder = try TemporaryFolder()
        let (path, moved) = ("\(folder.path)/log", "\(folder.path)/log.1")
        let first = try LogFile(path: path)
        first.append("before\n")
        await first.close()
        let file = try LogFile(path: path)
        try FileManager.default.moveItem(atPath: path, toPath: moved)
        file.append("moved\n")
        file.reopen()
        await file.close()
        #expect(try text(moved) == "before\nmoved\n")
        #expect(try text(path) == "")
    }

    @Test func `a path that cannot be opened is refused by its name`() throws {
        let folder = try TemporaryFolder()
        let exit = #expect(throws: AgentExit.self) { _ = try LogFile(path: folder.path) }
        #expect(exit?.code == 2 && exit?.problem.contains(folder.path) == true)
    }
}
