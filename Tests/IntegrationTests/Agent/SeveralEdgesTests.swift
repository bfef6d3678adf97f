import Foundation
import TestSupport
import Testing

/// An agent that knows two edges.
@Suite(.enabled(if: TestPrograms.folder != nil, "needs the programs that ./dev test builds"), .serialized)
struct SeveralEdgesTests {
    private struct Edge {
        var program: Program
        let tunnel: String
        let visitorPort: Int

        init(in folder: String, tunnel: String = "127.0.0.1:0", visitor: String = "127.0.0.1:0") async throws {
            program = try RunningTunnel.startEdge(in: folder, tunnel: tunnel, visitor: visitor)
            let addresses = try await RunningTunnel.announced(program, RunningTunnel.EdgeAddresses.self)
            self.tunnel = addresses.tunnel
            visitorPort = addresses.visitorPort
        }

        func serves() throws -> Bool {
            let url = "http://demo.localhost:\(visitorPort)/status/204"
            let asked = try Shell.run(["curl", "-sS", "-m", "10", "-o", "/dev/null", "-w", "%{http_code}", url])
            return asked.output == "204"
        }
    }

    @Test(.timeLimit(.minutes(3)))
    func `no request is lost while each edge in turn is replaced`() async throws {
        let folder = try TemporaryFolder()
        let origin = try Program("sample-origin", ["--json"], in: folder.path)
        let port = try await RunningTunnel.announced(origin, RunningTunnel.OriginAddress.self).port
        var first = try await Edge(in: folder.path)
        var second = try await Edge(in: folder.path)
        let identity = try await RunningTunnel.enrol(in: folder.path).identity
        let agent = try Program(
            "osm-agent",
            [
                "http", "\(port)", "--name", "demo", "--edge", first.tunnel, "--edge", second.tunnel, "--identity",
                identity, "--socket", "\(folder.path)/agent.sock",
            ],
            in: folder.path
        )
        try await eventually("both edges serve: \(agent.errors)") { try first.serves() && second.serves() }
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "either.py").path
        let visitors = try Program(
            try #require(TestPrograms.python),
            [script, "\(first.visitorPort)", "\(second.visitorPort)", "\(folder.path)/enough"],
            in: folder.path
        )
        try await eventually("visitors are served") { visitors.output.contains("served 100\n") }
        first.program.signal(SIGTERM)
        #expect(try await first.program.exitCode() == 0)
        first = try await Edge(in: folder.path, tunnel: first.tunnel, visitor: "127.0.0.1:\(first.visitorPort)")
        try await eventually("the new first edge serves: \(agent.errors)", within: .seconds(60)) { try first.serves() }
        second.program.signal(SIGTERM)
        #expect(try await second.program.exitCode() == 0)
        second = try await Edge(in: folder.path, tunnel: second.tunnel, visitor: "127.0.0.1:\(second.visitorPort)")
        try await eventually("the new second edge serves", within: .seconds(60)) { try second.serves() }
        try Data().write(to: URL(filePath: "\(folder.path)/enough"))
        #expect(try await visitors.exitCode() == 0)
        #expect(visitors.output.contains("lost 0\n"), "\(visitors.output.suffix(200)) \(visitors.errors)")
    }
}
