import Foundation
import TestSupport
import Testing

/// An edge that runs into the limit of its memory.
@Suite(.enabled(if: TestPrograms.folder != nil, "needs the programs that ./dev test builds"), .serialized)
struct MemoryTests {
    /// Visitors whose unfinished heads of 30 KiB fill more than the edge may have beyond what it starts with.
    private static let visitors = 1500
    private static let room = 20 << 20

    private func write(_ limits: String, to path: String) throws {
        try Data("version: 1\n\(limits)".utf8).write(to: URL(filePath: path))
    }

    private func readiness(_ tunnel: RunningTunnel) throws -> String {
        try Shell.run(["curl", "-sS", "-w", "%{http_code}", "http://\(tunnel.addresses.admin)/readyz"]).output
    }

    /// Sets the soft limit a little above what the edge uses now; what it uses at start depends on how it was built.
    private func limit(_ tunnel: RunningTunnel, by configuration: String) async throws {
        _ = try tunnel.visit("/download?bytes=50000000", "-o", "/dev/null")
        let used = try tunnel.edge.residentBytes()
        try write(
            "limits: {memory_soft: \(used + Self.room), memory_hard: \(used + 16 * Self.room)}\n",
            to: configuration
        )
        tunnel.edge.signal(SIGHUP)
        try await eventually("the limits are taken: \(tunnel.edge.errors)") {
            try tunnel.figure("osm_edge_config_reload_total{result=\"applied\"}") == 1
        }
    }

    @Test(.timeLimit(.minutes(3)))
    func `an edge short of memory refuses what is new, finishes what is under way, and recovers`() async throws {
        let scratch = try TemporaryFolder()
        let configuration = "\(scratch.path)/config.yaml"
        try write("", to: configuration)
        let tunnel = try await RunningTunnel(
            edgeArguments: ["--config", configuration, "--deadlines-head", "5m"],
            ulimit: "-n 4096"
        )
        try await limit(tunnel, by: configuration)
        let events = ["-sSN", "-w", "%{http_code}", tunnel.url("/events?ms=100&count=100")]
        let underWay = try Program("/usr/bin/curl", events, in: scratch.path)
        try await eventually("the first events are there") { underWay.output.contains("data:") }

        let crowd = try Program(
            try #require(TestPrograms.python),
            CrowdProgram.arguments("hold", tunnel.addresses.visitorPort, Self.visitors, 30_000),
            in: scratch.path
        )
        try await eventually("new requests are refused: \(crowd.errors)") {
            try tunnel.visit("/", "-o", "/dev/null", "-w", "%{http_code}").output == "503"
        }
        let refusal = try tunnel.visit("/", "-i").output.lowercased()
        #expect(refusal.contains("\r\nretry-after: "))
        #expect(refusal.contains("\r\nproxy-status: osm-proxy; error=proxy_internal_response"))
        #expect(try readiness(tunnel) == "overloaded\n503")
        #expect(try Shell.run(["curl", "-sS", "http://\(tunnel.addresses.admin)/healthz"]).output == "ok\n")
        #expect(try await underWay.exitCode() == 0)
        #expect(underWay.output.hasSuffix("200"))
        #expect(tunnel.edge.errors.contains("\"memory\":\"shedding\""))
        #expect(try readiness(tunnel) == "overloaded\n503")

        crowd.killHard()
        try await tunnel.untilServed()
        #expect(try readiness(tunnel) == "ready\n200")
        #expect(tunnel.agent.isRunning)
    }
}
