import Agent
import Foundation
import TestSupport
import Testing

@testable import Edge

/// Many agents at once; `OSM_CROWD` says how many, 40 unless it is set.
struct CrowdTests {
    private let size = ProcessInfo.processInfo.environment["OSM_CROWD"].flatMap(Int.init) ?? 40

    @Test(.timeLimit(.minutes(5)))
    func `agents that all come at once are spread by the edge, and every one gets in`() async throws {
        let ca = try ThrowawayCA()
        let edge = try ca.edge()
        let devices = try (0..<size).map { _ in try ca.issueDevice() }
        let bundle = ca.bundlePath
        let crowd = size
        let began = ContinuousClock.now
        let refused = try await EngineHarness.withEdge(
            of: ca,
            certificate: edge.chainPath,
            key: edge.keyPath,
            configured: { configuration in
                configuration.tunnelsPerSecond = max(2, crowd / 40)
                configuration.tunnelBurst = crowd / 10
                configuration.handshakesPerAddress = crowd
            }
        ) { running in
            try await withThrowingTaskGroup(of: Void.self) { group in
                defer { group.cancelAll() }
                for (number, device) in devices.enumerated() {
                    let agent = try EngineHarness.agent(
                        at: running,
                        serverName: ca.domain,
                        trusting: bundle,
                        as: device,
                        named: "app-\(number)"
                    )
                    group.addTask { try? await agent.run() }
                }
                while running.figure("osm_edge_tunnels") != "\(crowd)" {
                    try await Task.sleep(for: .milliseconds(50))
                }
                return Int(running.refusals("overloaded") ?? "0") ?? 0
            }
        }
        print(
            "\(crowd) agents are in after \(ContinuousClock.now - began), \(refused) times one was told to come later"
        )
        // Without the seconds that they are told they would hammer; with them nearly each comes back once.
        #expect(refused > crowd / 4)
        #expect(refused < crowd * 2)
    }
}
