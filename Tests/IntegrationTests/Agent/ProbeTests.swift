import Foundation
import TestSupport
import Testing

/// Whether the agent knows what a visitor gets.
@Suite(.enabled(if: TestPrograms.folder != nil, "needs the programs that ./dev test builds"), .serialized)
struct ProbeTests {
    private struct Status: Decodable {
        struct Endpoint: Decodable {
            struct Probe: Decodable {
                let ok: Bool
                let problem: String?
            }
            let probe: Probe?
        }
        let endpoints: [Endpoint]
    }

    /// An agent for one name, and an edge that says that it is reached at a port.
    private func agent(
        in folder: String,
        visitorPort: Int,
        publicPort: Int
    ) async throws -> (agent: Program, edge: Program) {
        let edge = try RunningTunnel.startEdge(
            in: folder,
            tunnel: "127.0.0.1:0",
            visitor: "127.0.0.1:\(visitorPort)",
            publicPort: publicPort
        )
        let addresses = try await RunningTunnel.announced(edge, RunningTunnel.EdgeAddresses.self)
        let identity = try await RunningTunnel.enrol(in: folder).identity
        let arguments = [
            "http", "3000", "--name", "demo", "--edge", addresses.tunnel, "--identity", identity, "--socket",
            "\(folder)/agent.sock",
        ]
        return (try Program("osm-agent", arguments, in: folder), edge)
    }

    /// What `status` says, and its exit code, once a probe is over.
    private func verdict(in folder: String) async throws -> (code: Int32, probe: Status.Endpoint.Probe) {
        var found: (Int32, Status.Endpoint.Probe)?
        try await eventually("a probe is over", within: .seconds(30)) {
            let program = try TestPrograms.path("osm-agent")
            let asked = try Shell.run([program, "status", "--json", "--socket", "\(folder)/agent.sock"])
            guard asked.output.hasPrefix("{") else { return false }
            let status = try JSONDecoder().decode(Status.self, from: Data(asked.output.utf8))
            guard let probe = status.endpoints.first?.probe else { return false }
            found = (asked.status, probe)
            return true
        }
        return try #require(found)
    }

    @Test(.timeLimit(.minutes(2)))
    func `a byte that goes round makes the agent ready, whatever the service does`() async throws {
        let folder = try TemporaryFolder()
        let port = try #require(try await FreePorts.take(1).first)
        let running = try await agent(in: folder.path, visitorPort: port, publicPort: port)
        let verdict = try await verdict(in: folder.path)
        #expect(verdict.probe.ok, "\(running.agent.errors) \(running.edge.errors)")
        #expect(verdict.code == 0)
        // Nobody but the agent knows what it asks for: the same path of a visitor is a request like any other.
        let guess = "http://demo.localhost:\(port)/.well-known/osm-agent/probe/0123456789abcdef0123456789abcdef"
        let answer = try Shell.run(["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", guess])
        #expect(answer.output == "502")
    }

    @Test(.timeLimit(.minutes(2)))
    func `a public name that leads elsewhere is told, and the agent is not ready`() async throws {
        let folder = try TemporaryFolder()
        let stranger = try Program("sample-origin", ["--json"], in: folder.path)
        let port = try await RunningTunnel.announced(stranger, RunningTunnel.OriginAddress.self).port
        let running = try await agent(in: folder.path, visitorPort: 0, publicPort: port)
        let verdict = try await verdict(in: folder.path)
        #expect(verdict.code == 1)
        #expect(!verdict.probe.ok)
        #expect(verdict.probe.problem?.contains("did not arrive at this agent") == true)
        #expect(running.agent.errors.contains("probe failed"))
    }
}
