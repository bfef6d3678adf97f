import Foundation
import TestSupport
import Testing

/// Server-sent events, timed on every wire that they cross: origin to agent, agent to edge, edge to visitor.
@Suite(
    .enabled(if: TestPrograms.pythonWithLibraries != nil, "needs the programs that ./dev test builds"),
    .serialized
)
struct EventTimingTests {
    private static let count = 6
    private static let pause = 0.5

    /// One piece that a relay saw.
    private struct Piece {
        let time: Double
        let events: Int

        init?(_ line: Substring) {
            let words = line.split(separator: " ")
            guard words.count == 3, let time = Double(words[0]), let events = Int(words[2]) else { return nil }
            self.time = time
            self.events = events
        }

        static func seen(by relay: Program) -> [Piece] {
            relay.output.split(separator: "\n").compactMap { Piece($0) }
        }
    }

    private func relay(to port: Int, _ side: String..., in folder: String) async throws -> (Program, port: Int) {
        let python = try #require(TestPrograms.pythonWithLibraries)
        let relay = try Program(
            python,
            [ForeignPrograms.path("relay.py"), "\(port)"] + side,
            in: folder,
            called: "relay"
        )
        return (relay, try await RunningTunnel.announced(relay, RunningTunnel.OriginAddress.self).port)
    }

    @Test(.timeLimit(.minutes(3)), arguments: ["--http1.1", "--http2-prior-knowledge"])
    func `an event is through every hop before the next one is written`(version: String) async throws {
        let scratch = try TemporaryFolder()
        let folder = scratch.path
        let origin = try LocalService.sample.start(in: folder)
        let originPort = try await RunningTunnel.announced(origin, RunningTunnel.OriginAddress.self).port
        let (identity, _) = try await RunningTunnel.enrol(in: folder)
        let edge = try RunningTunnel.startEdge(in: folder, tunnel: "127.0.0.1:0", visitor: "127.0.0.1:0")
        let addresses = try await RunningTunnel.announced(edge, RunningTunnel.EdgeAddresses.self)
        let tunnelPort = try #require(addresses.tunnel.split(separator: ":").last.flatMap { Int($0) })
        let (nearOrigin, nearPort) = try await relay(to: originPort, in: folder)
        let (nearEdge, edgePort) = try await relay(to: tunnelPort, "client", in: folder)
        let agent = try RunningTunnel.startAgent(
            "osm-agent",
            "demo",
            "\(nearPort)",
            "127.0.0.1:\(edgePort)",
            identity,
            folder
        )
        try await eventually("the name is given: \(agent.errors)") { agent.output.contains("://") }

        let url = "http://demo.localhost:\(addresses.visitorPort)/events?ms=500&count=\(Self.count)"
        let script = "curl -sSN \"$1\" \"$2\" | while read -r line; do echo \"$(date +%s.%N) $line\"; done"
        let arrivals = try Shell.script(script, [version, url]).output.split(separator: "\n")
            .filter { $0.contains("data:") }.compactMap { Double($0.prefix { $0 != " " }) }
        let fromOrigin = Piece.seen(by: nearOrigin).filter { $0.events > 0 }
        let fromAgent = Piece.seen(by: nearEdge)
        #expect(fromOrigin.allSatisfy { $0.events == 1 })
        try #require(fromOrigin.count == Self.count && arrivals.count == Self.count)
        for (event, arrival) in zip(fromOrigin, arrivals) {
            // Half of the pause to the next event is far more than any hop needs, and far less than waiting for one.
            #expect(arrival - event.time < Self.pause / 2)
            #expect(fromAgent.contains { $0.time >= event.time && $0.time <= arrival })
        }
        withExtendedLifetime((origin, edge, agent, nearOrigin, nearEdge)) {}
    }
}
