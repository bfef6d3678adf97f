import Foundation
import TestSupport
import Testing

/// Visitors who hold connections by doing almost nothing on them.
@Suite(.enabled(if: TestPrograms.folder != nil, "needs the programs that ./dev test builds"), .serialized)
struct SlowVisitorTests {
    private static let size = 300

    /// What crowd.py says about slow visitors; outcomes with how often they came.
    private struct Report: Decodable {
        let heads: [String: Int]
        let bodies: [String: Int]
        let readers: [String: Int]
        let neighbours: [String: Int]
        let slowestMilliseconds: Double

        private enum CodingKeys: String, CodingKey {
            case heads, bodies, readers, neighbours
            case slowestMilliseconds = "slowest_neighbour_ms"
        }
    }

    @Test(.timeLimit(.minutes(3)))
    func `hundreds who send or take a byte a second starve nobody, and none of them stays`() async throws {
        let tunnel = try await RunningTunnel(
            edgeArguments: ["--deadlines-head", "4s", "--deadlines-body", "4s", "--deadlines-reader", "4s"],
            ulimit: "-n 2048"
        )
        let refusedBefore = try tunnel.figure("osm_edge_requests_total{code=\"4xx\"}") ?? 0
        let report = try CrowdProgram.report(
            Report.self,
            CrowdProgram.arguments("slow", tunnel.addresses.visitorPort, Self.size, 60)
        )
        print("\(report.neighbours) beside the slow ones, the slowest in \(report.slowestMilliseconds) ms")
        #expect(report.heads == ["408": Self.size])
        #expect(report.bodies == ["408": Self.size])
        #expect(report.readers == ["reset": Self.size / 10])
        #expect(report.neighbours.keys.sorted() == ["200", "204"])
        // Far below what the slow ones are granted, and far above what a request takes on a busy machine.
        #expect(report.slowestMilliseconds < 3000)
        let refused = try tunnel.figure("osm_edge_requests_total{code=\"4xx\"}") ?? 0
        #expect(refused == refusedBefore + 2 * Self.size)
        #expect(try tunnel.figure("osm_edge_slow_readers_total") == Self.size / 10)
        try await eventually("every visitor has left") { try tunnel.figure("osm_edge_visitors") == 0 }
    }
}
