import Foundation
import TestSupport
import Testing

/// How agents and edges leave without anybody losing a request.
@Suite(.enabled(if: TestPrograms.folder != nil, "needs the programs that ./dev test builds"), .serialized)
struct LeavingTests {
    /// A request that takes a while, once it is under way.
    private func slowRequest(_ tunnel: RunningTunnel) async throws -> Program {
        let visitor = try Program(
            "/usr/bin/curl",
            ["-sS", "-w", "%{http_code}", "-o", "/dev/null", tunnel.url("/slow?ms=4000")],
            in: tunnel.scratch.path
        )
        try await eventually("the request is under way") {
            try tunnel.metrics().contains("osm_edge_streams_active 2\n")
        }
        return visitor
    }

    @Test(.timeLimit(.minutes(3)))
    func `an agent that is told to stop finishes what is under way`() async throws {
        let tunnel = try await RunningTunnel()
        let visitor = try await slowRequest(tunnel)
        tunnel.agent.signal(SIGTERM)
        #expect(try await visitor.exitCode() == 0)
        #expect(visitor.output == "200")
        #expect(try await tunnel.agent.exitCode() == 0)
    }

    @Test(.timeLimit(.minutes(3)), arguments: [(SIGTERM, 143), (SIGINT, 130)] as [(Int32, Int32)])
    func `a second signal ends an agent at once`(signal: Int32, code: Int32) async throws {
        let tunnel = try await RunningTunnel()
        let visitor = try Program("/usr/bin/curl", ["-sSN", tunnel.url("/events")], in: tunnel.scratch.path)
        try await eventually("events arrive") { !visitor.output.isEmpty }
        tunnel.agent.signal(signal)
        try await eventually("the agent says that it waits") { tunnel.agent.errors.contains("leaving") }
        try await eventually("nobody new is sent to it") {
            try tunnel.visit("/", "-o", "/dev/null", "-w", "%{http_code}").output == "503"
        }
        let before = visitor.output.utf8.count
        try await eventually("events go on") { visitor.output.utf8.count > before }
        tunnel.agent.signal(signal)
        #expect(try await tunnel.agent.exitCode() == code)
        #expect(try await visitor.exitCode() != 0)
    }

    @Test(.timeLimit(.minutes(3)))
    func `an edge that drains is replaced before it is gone`() async throws {
        let folder = try TemporaryFolder()
        let ports = "\(folder.path)/port"
        try Data("0".utf8).write(to: URL(filePath: ports))
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "relay.py").path
        let relay = try Program(try #require(TestPrograms.python), [script, ports], in: folder.path)
        let entrance = try await RunningTunnel.announced(relay, RunningTunnel.OriginAddress.self).port
        func lead(to address: String) throws {
            try Data((address.split(separator: ":").last ?? "").utf8).write(to: URL(filePath: ports))
        }
        let tunnel = try await RunningTunnel { addresses in
            try lead(to: addresses.tunnel)
            return "127.0.0.1:\(entrance)"
        }
        let visitor = try await slowRequest(tunnel)
        let other = try RunningTunnel.startEdge(in: folder.path, tunnel: "127.0.0.1:0", visitor: "127.0.0.1:0")
        let addresses = try await RunningTunnel.announced(other, RunningTunnel.EdgeAddresses.self)
        try lead(to: addresses.tunnel)
        tunnel.edge.signal(SIGTERM)
        try await eventually("the other edge serves while the first one drains") {
            let url = "http://demo.localhost:\(addresses.visitorPort)/status/204"
            return try Shell.run(["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", url]).output == "204"
        }
        #expect(visitor.isRunning)
        #expect(try await visitor.exitCode() == 0)
        #expect(visitor.output == "200")
        #expect(try await tunnel.edge.exitCode() == 0)
    }
}
