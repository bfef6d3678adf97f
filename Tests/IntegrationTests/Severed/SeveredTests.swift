import Foundation
import TestSupport
import Testing

/// Links on which packets vanish without a word, as behind a sleeping access point or a router that has forgotten.
@Suite(
    .enabled(if: TestPrograms.folder != nil, "needs the programs that ./dev test builds"),
    .enabled(if: SeveredLink.isPossible, "needs root and iproute2, for a network in which packets vanish"),
    .serialized
)
struct SeveredTests {
    @Test(.timeLimit(.minutes(3)), arguments: SeveredLink.Direction.allCases)
    func `an agent notices that packets vanish, dials again, and is back when they no longer do`(
        direction: SeveredLink.Direction
    ) async throws {
        let link = try SeveredLink()
        let scratch = try TemporaryFolder()
        let (identity, _) = try await RunningTunnel.enrol(in: scratch.path)
        let edge = try RunningTunnel.startEdge(in: scratch.path, tunnel: "\(link.address):0", visitor: "127.0.0.1:0")
        let addresses = try await RunningTunnel.announced(edge, RunningTunnel.EdgeAddresses.self)
        let origin = try link.program("sample-origin", ["--json"], in: scratch.path)
        let port = try await RunningTunnel.announced(origin, RunningTunnel.OriginAddress.self).port
        let agent = try link.program(
            "osm-agent",
            [
                "http", "\(port)", "--edge", addresses.tunnel, "--edge-name", "localhost", "--name", "demo",
                "--identity", identity, "--socket", "\(scratch.path)/agent.sock",
            ],
            in: scratch.path
        )
        try await served(addresses, agent)

        try link.cut(direction)
        // Fifteen seconds of silence, and the second in which that is looked at; the edge's word for it takes its time.
        try await eventually(
            "the agent notices: \(agent.errors)",
            within: .seconds(direction == .towardsEdge ? 35 : 17)
        ) {
            agent.errors.contains("trying again")
        }
        try link.heal(direction)
        try await served(addresses, agent)
        #expect(agent.isRunning)
    }

    private func served(_ addresses: RunningTunnel.EdgeAddresses, _ agent: Program) async throws {
        let url = "http://demo.localhost:\(addresses.visitorPort)/status/204"
        try await eventually("the name is served: \(agent.errors)", within: .seconds(60)) {
            let arguments = ["curl", "-sS", "--max-time", "2", "-o", "/dev/null", "-w", "%{http_code}", url]
            return try Shell.run(arguments).output == "204"
        }
    }
}
