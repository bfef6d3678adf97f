import Foundation
import TestSupport
import Testing

/// Holds docs/embedding.md to its word: each of its programs is built as it stands there and serves visitors of a real edge.
struct EmbeddingDocumentTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// The programs that the document shows, by the names that it gives them.
    private static func shown() throws -> [String: String] {
        let text = try String(contentsOf: root.appending(path: "docs/embedding.md"), encoding: .utf8)
        let blocks = text.matches(of: /```swift run (\S+)\n((?s:.*?))```\n/)
        return Dictionary(blocks.map { (String($0.output.1), String($0.output.2)) }) { first, _ in first }
    }

    @Test func `each program that is shown is the one that is built`() throws {
        let shown = try Self.shown()
        let folder = Self.root.appending(path: "Tests/Examples")
        let built = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(Set(shown.keys) == Set(built))
        for (name, program) in shown {
            let source = try String(contentsOf: folder.appending(path: "\(name)/main.swift"), encoding: .utf8)
            #expect(program == source, "\(name)")
        }
    }

    @Test func `the first program takes about ten lines`() throws {
        let program = try #require(try Self.shown()["embed-answer"])
        #expect(program.split(separator: "\n").count <= 13)
    }
}

@Suite(.enabled(if: TestPrograms.folder != nil, "needs the programs that ./dev test builds"), .serialized)
struct EmbeddingTests {
    @Test(.timeLimit(.minutes(2)))
    func `a closure answers visitors until the program is done`() async throws {
        let app = try await EmbeddedApp()
        let program = try app.start("embed-answer")
        try await app.untilServed("hello", by: program)
        let answer = try app.visit("hello", "/a?b=c")
        #expect(answer.output == "Hello, you asked for /a?b=c\n")
        #expect(try app.visit("hello", "/", "-I").output.lowercased().contains("content-length: 23"))
        #expect(try await program.exitCode() == 0, "\(program.errors)")
        #expect(program.output.contains("serving at http://hello.localhost:8080"))
    }

    @Test(.timeLimit(.minutes(2)))
    func `a local service is served, and the end of it is 502`() async throws {
        let app = try await EmbeddedApp()
        let origin = try LocalService.sample.start(in: app.folder)
        let port = try await RunningTunnel.announced(origin, RunningTunnel.OriginAddress.self).port
        let program = try app.start("embed-forward", ["\(port)"])
        try await app.untilServed("site", by: program)
        #expect(try app.visit("site", "/status/204", "-o", "/dev/null", "-w", "%{http_code}").output == "204")
        origin.killHard()
        #expect(try app.visit("site", "/", "-o", "/dev/null", "-w", "%{http_code}").output == "502")
    }

    @Test(.timeLimit(.minutes(2)))
    func `a service shows its states and closes when the program is told to end`() async throws {
        let app = try await EmbeddedApp()
        let program = try app.start("embed-service")
        try await app.untilServed("numbers", by: program)
        #expect(try app.visit("numbers", "/").output == "1\n2\n3\n")
        let upload = "head -c 3000000 /dev/zero | curl -sS --max-time 60 --data-binary @- \"$1\""
        #expect(try Shell.script(upload, [app.url("numbers", "/")]).output == "3000000 bytes\n")
        program.signal(SIGTERM)
        #expect(try await program.exitCode() == 0, "\(program.errors)")
        #expect(program.output.hasPrefix("connecting\n") && program.output.hasSuffix("closed\n"), "\(program.output)")
        #expect(program.output.contains("serving at http://numbers.localhost:8080\n"))
    }

    @Test(.timeLimit(.minutes(2)))
    func `a name that the edge does not give ends the program with the reason`() async throws {
        let app = try await EmbeddedApp()
        let other = try await app.enrol()
        let first = try app.start("embed-forward", ["1"])
        try await app.untilServed("site", by: first)
        let second = try app.start("embed-forward", ["1"], as: other)
        #expect(try await second.exitCode() == 0)
        #expect(second.output.contains("failed at the edge: The edge refused the name 'site'"), "\(second.output)")
        #expect(second.output.contains("Choose another name."))
    }
}
