import Foundation
import TestSupport
import Testing

/// Visitors who stay without asking for anything; `OSM_IDLE_VISITORS` says how many, 2000 unless it is set.
@Suite(.enabled(if: TestPrograms.folder != nil, "needs the programs that ./dev test builds"), .serialized)
struct IdleVisitorTests {
    private let size = ProcessInfo.processInfo.environment["OSM_IDLE_VISITORS"].flatMap(Int.init) ?? 2000

    /// What crowd.py says about idle visitors; statuses with how often they came.
    private struct Report: Decodable {
        let visitors: Int
        let first: [String: Int]
        let second: [String: Int]
        let fresh: [String: Int]
        let seconds: Double
        let bytesPerVisitor: Int
        let medianMilliseconds: Double

        private enum CodingKeys: String, CodingKey {
            case visitors, first, second, fresh, seconds
            case bytesPerVisitor = "bytes_per_visitor"
            case medianMilliseconds = "fresh_median_ms"
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `visitors who idle cost little, delay nobody, and are served again`() async throws {
        let tunnel = try await RunningTunnel(
            edgeArguments: ["--visitor-connections", "\(size + 200)", "--deadlines-keep-alive", "10m"],
            // An eighth is kept from visitors, and the program holds as many itself.
            ulimit: "-n \((size + 200) / 7 * 8 + 256)"
        )
        let report = try CrowdProgram.report(
            Report.self,
            CrowdProgram.arguments("idle", tunnel.addresses.visitorPort, size, Int(tunnel.edge.pid))
        )
        print(
            "\(report.visitors) visitors idle after \(report.seconds) s,",
            "\(report.bytesPerVisitor) bytes each at the edge, a request takes \(report.medianMilliseconds) ms meanwhile"
        )
        #expect(report.first == ["204": size])
        #expect(report.second == ["204": size])
        #expect(report.fresh == ["204": 21])
        #expect(report.bytesPerVisitor < 32 << 10)
        #expect(report.medianMilliseconds < 1000)
    }
}
