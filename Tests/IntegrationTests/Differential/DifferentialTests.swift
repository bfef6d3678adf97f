import Foundation
import TestSupport
import Testing

/// Whether our border and nginx's make the same of the same messages.
///
/// A Python program is the origin of both, makes the messages, sends them to both, and compares what became of them
/// with what RFC 9112 says. OSM_DIFFERENTIAL is how many requests it makes, OSM_DIFFERENTIAL_SEED which ones.
@Suite(.enabled(if: TestPrograms.folder != nil, "needs the programs that ./dev test builds"), .serialized)
struct DifferentialTests {
    @Test(.timeLimit(.minutes(3)))
    func `reads the same requests and responses as nginx, or says why not`() async throws {
        let program = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Programs/differential.py")
        let tunnel = try await RunningTunnel(serving: .program(at: program.path))
        let run = "http://127.0.0.1:\(tunnel.originPort)/run?\(tunnel.addresses.visitorPort)"
        let report = try Shell.run(["curl", "-sS", "--max-time", "150", run])
        #expect(report.status == 0, "\(report.output)")
        let lines = report.output.split(separator: "\n")
        let verdicts = lines.filter { $0.hasPrefix("requests: ") || $0.hasPrefix("responses: ") }
        #expect(verdicts.count == 2, "\(report.output)")
        let complaints = lines.filter { $0.hasPrefix("WRONG ") || $0.hasPrefix("UNNEEDED ") }
        #expect(complaints.isEmpty, "\(lines.first ?? ""): \(complaints.prefix(20).joined(separator: "\n"))")
    }
}
