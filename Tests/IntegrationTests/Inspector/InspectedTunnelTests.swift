import Foundation
import Testing

/// The inspector of a real agent, in Chromium, while visitors come through a real edge.
@Suite(
    .enabled(if: InspectorBrowser.isThere, "needs Chromium, and the programs that ./dev test builds"),
    .serialized
)
struct InspectedTunnelTests {
    /// The link that the agent prints for a person.
    private static func link(of tunnel: RunningTunnel) async throws -> String {
        let pattern = /http:\/\/127\.0\.0\.1:[0-9]+\/\?token=[0-9a-f]{32}/
        try await eventually("the agent prints where its inspector is: \(tunnel.agent.errors)") {
            (tunnel.agent.output + tunnel.agent.errors).contains(pattern)
        }
        let printed = (tunnel.agent.output + tunnel.agent.errors).firstMatch(of: pattern)
        return String(try #require(printed).output)
    }

    @Test(.timeLimit(.minutes(3)), arguments: ["live", "detail", "hostile", "replay", "exports", "messages"])
    func `shows what comes through a tunnel`(check: String) async throws {
        let tunnel = try await RunningTunnel(serving: .program(at: InspectorBrowser.program("echo_origin.py")))
        let port = tunnel.addresses.visitorPort
        let link = try await Self.link(of: tunnel)
        try await InspectorBrowser.check(check, link: link, visitorPort: port, host: "demo.localhost:\(port)")
    }
}
