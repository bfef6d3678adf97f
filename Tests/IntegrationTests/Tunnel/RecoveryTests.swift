import Foundation
import TestSupport
import Testing

/// What happens when a process dies in the middle of its work.
@Suite(.enabled(if: TestPrograms.folder != nil, "needs the programs that ./dev test builds"), .serialized)
struct RecoveryTests {
    private static let longDownload = "/stream?bytes=100000000000"

    @Test(.timeLimit(.minutes(3)))
    func `an agent killed in mid-stream cuts its visitors, and a new one serves at once`() async throws {
        let tunnel = try await RunningTunnel()
        let visitor = try downloading(from: tunnel)
        try await eventually("bytes arrive") { !visitor.output.isEmpty }
        tunnel.agent.killHard()
        #expect(try await visitor.exitCode() != 0)
        let ended = "osm_edge_tunnels_ended_total{reason=\""
        let line = try #require(try tunnel.metrics().split(separator: "\n").first { $0.hasPrefix(ended) })
        #expect(line.hasSuffix("{reason=\"failed\"} 1") || line.hasSuffix("{reason=\"peer_closed\"} 1"), "\(line)")
        try tunnel.restartAgent()
        try await tunnel.untilServed()
        #expect(try tunnel.visit("/", "-o", "/dev/null", "-w", "%{http_code}").output == "200")
    }

    @Test(.timeLimit(.minutes(3)))
    func `an edge killed in mid-stream is found again without help`() async throws {
        let tunnel = try await RunningTunnel()
        let visitor = try downloading(from: tunnel)
        try await eventually("bytes arrive") { !visitor.output.isEmpty }
        tunnel.edge.killHard()
        #expect(try await visitor.exitCode() != 0)
        try await tunnel.restartEdge()
        try await tunnel.untilServed()
        #expect(tunnel.agent.isRunning)
        #expect(tunnel.agent.errors.contains("trying again"))
    }

    @Test(.timeLimit(.minutes(3)))
    func `an edge that is told to stop lets what is under way finish`() async throws {
        let tunnel = try await RunningTunnel()
        let visitor = try Program(
            "/usr/bin/curl",
            ["-sS", "-w", "%{http_code}", "-o", "/dev/null", tunnel.url("/slow?ms=1500")],
            in: tunnel.scratch.path
        )
        try await eventually("the request is under way") {
            try Shell.run(["curl", "-sS", "http://\(tunnel.addresses.admin)/tunnels"]).output.contains("\"streams\":2")
        }
        tunnel.edge.signal(SIGTERM)
        #expect(try await visitor.exitCode() == 0)
        #expect(visitor.output == "200")
        #expect(try await tunnel.edge.exitCode() == 0)
    }

    @Test(.timeLimit(.minutes(3)))
    func `an agent that is told to stop leaves with success`() async throws {
        let tunnel = try await RunningTunnel()
        tunnel.agent.signal(SIGTERM)
        #expect(try await tunnel.agent.exitCode() == 0)
    }

    @Test(.timeLimit(.minutes(3)))
    func `a second agent of the device takes over at once and the first one says so`() async throws {
        let tunnel = try await RunningTunnel()
        let second = try tunnel.secondAgent()
        #expect(try await tunnel.agent.exitCode() == 46)
        #expect(tunnel.agent.errors.contains("taken over"))
        try await tunnel.untilServed()
        #expect(second.isRunning)
    }

    @Test(.timeLimit(.minutes(3)))
    func `an agent waits for an edge that is not there yet`() async throws {
        let tunnel = try await RunningTunnel()
        tunnel.edge.killHard()
        tunnel.agent.killHard()
        try tunnel.restartAgent()
        try await eventually("the agent has tried") { tunnel.agent.errors.contains("cannot be reached") }
        try await tunnel.restartEdge()
        try await tunnel.untilServed()
    }

    private func downloading(from tunnel: RunningTunnel) throws -> Program {
        try Program(
            "/usr/bin/curl",
            ["-sS", "--limit-rate", "1M", "-o", "/dev/stdout", tunnel.url(Self.longDownload)],
            in: tunnel.scratch.path
        )
    }
}
