import Foundation
import TestSupport
import Testing

/// An agent built without an operator's CA, into which `ca-tools` puts one.
@Suite(
    .enabled(if: TestPrograms.folder != nil, "needs the programs that ./dev test builds"),
    .timeLimit(.minutes(5))
)
struct BakedAgentTests {
    private let scratch: TemporaryFolder
    private let agent: String

    private struct Trusted: Decodable {
        struct Root: Decodable { let fingerprint: String }
        let domain: String
        let source: String
        let roots: [Root]
    }

    private struct Baked: Decodable {
        let rootSHA256: String
        enum CodingKeys: String, CodingKey { case rootSHA256 = "root_sha256" }
    }

    init() throws {
        scratch = try TemporaryFolder()
        agent = "\(scratch.path)/osm-agent"
    }

    @discardableResult
    private func bake(into program: String = "osm-agent-none") async throws -> Baked {
        let tool = try Program(
            "ca-tools",
            [
                "bake", "--ca", try TestPrograms.caFolder(), "--into", try TestPrograms.path(program), "--out", agent,
                "--json",
            ],
            in: scratch.path
        )
        try #require(try await tool.exitCode() == 0, "\(tool.errors)")
        return try JSONDecoder().decode(Baked.self, from: Data(tool.output.utf8))
    }

    private func trust(_ program: String) async throws -> (code: Int32, output: String, errors: String) {
        let run = try Program(program, ["trust", "--json"], in: scratch.path)
        return (try await run.exitCode(), run.output, run.errors)
    }

    @Test func `it trusts that operator, says how, and serves a tunnel`() async throws {
        let baked = try await bake()
        let (code, output, errors) = try await trust(agent)
        #expect(code == 0, "\(errors)")
        let trusted = try JSONDecoder().decode(Trusted.self, from: Data(output.utf8))
        #expect(trusted.source == "baked-in" && trusted.domain == "localhost")
        #expect(trusted.roots.map(\.fingerprint) == [baked.rootSHA256])
        let compiled = try JSONDecoder().decode(Trusted.self, from: Data(try await trust("osm-agent").output.utf8))
        #expect(compiled.source == "compiled-in" && compiled.roots.map(\.fingerprint) == [baked.rootSHA256])
        let tunnel = try await RunningTunnel(agentProgram: agent)
        #expect(try tunnel.visit("/status/204", "-o", "/dev/null", "-w", "%{http_code}").output == "204")
    }

    @Test func `a bundle that was changed in the file is said to be damage`() async throws {
        try await bake()
        let size = try #require(try FileManager.default.attributesOfItem(atPath: agent)[.size] as? UInt64)
        let file = try FileHandle(forWritingTo: URL(filePath: agent))
        try file.seek(toOffset: size - 100)
        try file.write(contentsOf: Data([0x20]))
        try file.close()
        let (code, _, errors) = try await trust(agent)
        #expect(code == 23 && errors.contains("file is damaged"))
    }

    @Test func `without a bundle it says that there is none`() async throws {
        try await bake()
        let size = try #require(try FileManager.default.attributesOfItem(atPath: agent)[.size] as? UInt64)
        let file = try FileHandle(forWritingTo: URL(filePath: agent))
        try file.truncate(atOffset: size - 1)
        try file.close()
        #expect(try await trust(agent).code == 20)
    }

    @Test(arguments: ["osm-agent", "osm-proxy", "ca-tools"])
    func `an agent with a CA compiled in, and what is no agent, are refused`(program: String) async throws {
        let tool = try Program(
            "ca-tools",
            ["bake", "--ca", try TestPrograms.caFolder(), "--into", try TestPrograms.path(program), "--out", agent],
            in: scratch.path
        )
        #expect(try await tool.exitCode() == 1)
        #expect(tool.errors.contains("is not an osm-agent"))
        #expect(!FileManager.default.fileExists(atPath: agent))
    }
}
