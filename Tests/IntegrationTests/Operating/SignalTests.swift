import Foundation
import TestSupport
import Testing

/// How an edge ends when it is told to.
@Suite(.enabled(if: TestPrograms.folder != nil, "needs the programs that ./dev test builds"), .serialized)
struct SignalTests {
    @Test(.timeLimit(.minutes(3)), arguments: [(SIGTERM, 143), (SIGINT, 130)] as [(Int32, Int32)])
    func `a second signal ends an edge that drains, at once`(signal: Int32, code: Int32) async throws {
        let tunnel = try await RunningTunnel()
        let visitor = try Program("/usr/bin/curl", ["-sSN", tunnel.url("/events")], in: tunnel.scratch.path)
        try await eventually("events arrive") { !visitor.output.isEmpty }
        tunnel.edge.signal(signal)
        let readiness = [
            "curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "http://\(tunnel.addresses.admin)/readyz",
        ]
        try await eventually("it drains") { try Shell.run(readiness).output == "503" }
        #expect(visitor.isRunning)
        tunnel.edge.signal(signal)
        #expect(try await tunnel.edge.exitCode() == code)
        #expect(try await visitor.exitCode() != 0)
    }

    @Test(.timeLimit(.minutes(3)))
    func `a drain that visitors do not let end is ended by its deadline`() async throws {
        let tunnel = try await RunningTunnel(edgeArguments: ["--deadlines-drain", "1s"])
        let visitor = try Program("/usr/bin/curl", ["-sSN", tunnel.url("/events")], in: tunnel.scratch.path)
        try await eventually("events arrive") { !visitor.output.isEmpty }
        tunnel.edge.signal(SIGTERM)
        #expect(try await tunnel.edge.exitCode() == 0)
        #expect(try await visitor.exitCode() != 0)
    }
}
