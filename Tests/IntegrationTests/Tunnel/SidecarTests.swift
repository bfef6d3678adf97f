import Foundation
import TestSupport
import Testing

/// Any HTTP/2 server library can be an agent: here one in Python that knows nothing of the control stream.
@Suite(.enabled(if: TestPrograms.folder != nil, "needs the programs that ./dev test builds"), .serialized)
struct SidecarTests {
    @Test(.timeLimit(.minutes(2)), arguments: ["404", "501", "none"])
    func `a sidecar without a control stream serves what is bound to its device`(status: String) async throws {
        let scratch = try TemporaryFolder()
        let (identity, device) = try await RunningTunnel.enrol(in: scratch.path)
        let edge = try RunningTunnel.startEdge(
            in: scratch.path, tunnel: "127.0.0.1:0", visitor: "127.0.0.1:0", ["--bind", "side.localhost=\(device)"])
        let addresses = try await RunningTunnel.announced(edge, RunningTunnel.EdgeAddresses.self)
        let visit = ["curl", "-sS", "-H", "Host: side.localhost", "http://\(addresses.visitor)/hello"]
        #expect(try Shell.run(visit).output.contains("503"))

        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "sidecar.py").path
        let sidecar = try Program(
            try #require(TestPrograms.python),
            [
                script, addresses.tunnel, "\(identity)/device.pem", "\(identity)/device.key",
                "\(try TestPrograms.caFolder())/root/root.pem", status,
            ],
            in: scratch.path,
            called: "sidecar"
        )
        try await eventually("the sidecar serves: \(sidecar.errors) \(edge.errors)") {
            try Shell.run(visit).output == "sidecar saw /hello"
        }
        // Many requests one after another and at once, on the one connection it has.
        let many = try Shell.script(
            "curl -sS -Z --parallel-max 20 -H 'Host: side.localhost' \"$1\" | grep -o 'sidecar saw' | wc -l",
            ["http://\(addresses.visitor)/[1-100]"]
        )
        #expect(many.output.trimmingCharacters(in: .whitespacesAndNewlines) == "100")
    }
}
