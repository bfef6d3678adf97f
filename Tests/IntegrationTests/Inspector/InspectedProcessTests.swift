import Foundation
import TestSupport
import Testing

/// What an agent with an inspector, or without one, shows of it to the machine that it runs on.
@Suite(.enabled(if: TestPrograms.folder != nil, "needs the programs that ./dev test builds"))
struct InspectedProcessTests {
    private let folder: TemporaryFolder
    private var socket: String { "\(folder.path)/agent.sock" }

    init() throws { folder = try TemporaryFolder() }

    /// An agent whose edge is not there, which is no matter here.
    private func start(_ arguments: String...) async throws -> Program {
        let identity = try await RunningTunnel.enrol(in: folder.path).identity
        let usual = ["--edge", "127.0.0.1:1", "--identity", identity, "--socket", socket]
        let program = try Program("osm-agent", arguments + usual, in: folder.path)
        try await eventually("the agent answers: \(program.errors)") { try ask("/livez").contains("200") }
        return program
    }

    private func ask(_ path: String) throws -> String {
        try Shell.run(["curl", "-sS", "--max-time", "5", "--unix-socket", socket, "http://agent\(path)"]).output
    }

    private func inspect() async throws -> (exitCode: Int32, output: String) {
        let command = try Program("osm-agent", ["inspect", "--socket", socket], in: folder.path)
        return (try await command.exitCode(), command.output)
    }

    /// The ports on which a process listens.
    private static func listeners(of program: Program) throws -> [Int] {
        let descriptors = "/proc/\(program.pid)/fd"
        let sockets = try FileManager.default.contentsOfDirectory(atPath: descriptors).compactMap { name -> String? in
            // A descriptor may be gone by now.
            do { return try FileManager.default.destinationOfSymbolicLink(atPath: "\(descriptors)/\(name)") } catch {
                return nil
            }
        }
        let tables = try ["tcp", "tcp6"].map { try Shell.run(["cat", "/proc/\(program.pid)/net/\($0)"]).output }
        return tables.joined(separator: "\n").split(separator: "\n").compactMap { line -> Int? in
            let words = line.split(separator: " ")
            // Proc_pid_net(5): the local address, the state (0A listens) and the inode.
            guard words.count > 9, words[3] == "0A", sockets.contains("socket:[\(words[9])]") else { return nil }
            return words[1].split(separator: ":").last.flatMap { Int($0, radix: 16) }
        }
    }

    #if os(Linux)
    @Test(.timeLimit(.minutes(2)))
    func `listens on no port when nobody is to look on`() async throws {
        let agent = try await start("http", "3000", "--inspect", "false")
        #expect(try Self.listeners(of: agent) == [])
        #expect(try ask("/v1/inspector").contains("urn:osm-agent:problem:no-inspector"))
        let asked = try await inspect()
        #expect(asked.exitCode == 1)
        #expect(!agent.errors.contains("inspector"))
    }

    @Test(.timeLimit(.minutes(2)))
    func `listens on the port in the link that it prints, and on no other`() async throws {
        let agent = try await start("http", "3000", "--inspect-address", "127.0.0.1:0")
        let pattern = /inspector +http:\/\/127\.0\.0\.1:([0-9]+)\/\?token=[0-9a-f]{32}\n/
        try await eventually("it prints the link") { agent.errors.contains(pattern) }
        let port = try #require(agent.errors.firstMatch(of: pattern).flatMap { Int($0.output.1) })
        #expect(try Self.listeners(of: agent) == [port])
    }
    #endif

    @Test(.timeLimit(.minutes(2)))
    func `a daemon gives its link to the same user, and writes it nowhere`() async throws {
        let file = "\(folder.path)/config.yaml"
        try Data("version: 1\n".utf8).write(to: URL(filePath: file))
        let agent = try await start("run", "-c", file, "--inspect-address", "127.0.0.1:0", "--log-level", "trace")
        try await eventually("it has logged something") { agent.errors.contains(#""msg""#) }
        try await eventually("the inspector listens") { try ask("/v1/inspector").contains("token=") }
        let link = try await inspect().output.trimmingCharacters(in: .newlines)
        let token = try #require(link.split(separator: "=").last)
        #expect(token.count == 32)
        // It serves: the page's own question is answered with the token, and refused without it.
        let asked = try Shell.run(["curl", "-sS", "-H", "authorization: Bearer \(token)", Self.api(of: link)])
        #expect(asked.output.contains(#""tunnels""#))
        let refused = try Shell.run(["curl", "-sS", Self.api(of: link)])
        #expect(!refused.output.contains(#""tunnels""#))
        let events = ["curl", "-sS", "--max-time", "1", "--unix-socket", socket, "http://agent/v1/events"]
        let texts = [
            agent.output, agent.errors, try ask("/v1/status"), try ask("/v1/logs"), try ask("/v1/endpoints"),
            try Shell.run(events).output, asked.output,
        ]
        for text in texts { #expect(!text.contains(token)) }
    }

    private static func api(of link: String) -> String { link.prefix { $0 != "?" } + "api/status" }
}
