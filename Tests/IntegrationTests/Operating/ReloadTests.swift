import Foundation
import TestSupport
import Testing

/// What changes in a running edge by SIGHUP or by itself, and what stays alone.
@Suite(.enabled(if: TestPrograms.folder != nil, "needs the programs that ./dev test builds"), .serialized)
struct ReloadTests {
    private let folder: TemporaryFolder
    private var path: String { "\(folder.path)/config.yaml" }

    init() throws { folder = try TemporaryFolder() }

    private func write(_ lines: String...) throws {
        let text = (["version: 1"] + lines).joined(separator: "\n") + "\n"
        try Data(text.utf8).write(to: URL(filePath: path))
    }

    private func status(of host: String, _ tunnel: RunningTunnel) throws -> String {
        try tunnel.visit("/", host: host, "-o", "/dev/null", "-w", "%{http_code}").output
    }

    @Test(.timeLimit(.minutes(3)))
    func `a new binding counts at once, and no stream is dropped`() async throws {
        try write()
        let tunnel = try await RunningTunnel(edgeArguments: ["--config", path])
        let visitor = try Program("/usr/bin/curl", ["-sSN", tunnel.url("/events")], in: tunnel.scratch.path)
        try await eventually("events arrive") { !visitor.output.isEmpty }
        #expect(try status(of: "bound", tunnel) == "404")
        try write("bind: [\"bound.localhost=\(tunnel.deviceID)\"]")
        tunnel.edge.signal(SIGHUP)
        // The device was never told of that name: it is the agent who says so now.
        try await eventually("the binding counts") { try status(of: "bound", tunnel) == "421" }
        let before = visitor.output.utf8.count
        try await eventually("the stream goes on") { visitor.output.utf8.count > before }
        #expect(visitor.isRunning)
        #expect(try tunnel.metrics().contains("osm_edge_tunnels_accepted_total 1\n"))
    }

    @Test(.timeLimit(.minutes(3)))
    func `a configuration that is wrong changes nothing, and the log says where`() async throws {
        try write("bind: [\"bound.localhost=00000000-0000-4000-8000-000000000001\"]")
        let tunnel = try await RunningTunnel(edgeArguments: ["--config", path])
        #expect(try status(of: "bound", tunnel) == "503")
        try write("limits:", "  feilds: 50")
        tunnel.edge.signal(SIGHUP)
        try await eventually("the log says it") {
            tunnel.edge.errors.contains("config.yaml:3:3: there is no setting 'limits.feilds'")
        }
        #expect(tunnel.edge.errors.contains("did you mean 'limits.fields'"))
        #expect(try status(of: "bound", tunnel) == "503")
        #expect(try tunnel.metrics().contains("osm_edge_config_reload_total{result=\"refused\"} 1\n"))
    }

    @Test(.timeLimit(.minutes(3)))
    func `what needs a restart is named and waits for it`() async throws {
        try write("visitor:", "  connections: 500")
        let tunnel = try await RunningTunnel(edgeArguments: ["--config", path])
        try write("visitor:", "  connections: 600", "raw:", "  ports: 20000-20001")
        tunnel.edge.signal(SIGHUP)
        try await eventually("the log names both") {
            tunnel.edge.errors.contains("settings wait for a restart") && tunnel.edge.errors.contains("raw.ports")
        }
        let shown = try Shell.run(["curl", "-sS", "http://\(tunnel.addresses.admin)/config"]).output
        #expect(shown.contains("600"))
        #expect(!shown.contains("20000-20001"))
    }

    @Test(.timeLimit(.minutes(3)))
    func `a certificate that was replaced is shown to whoever connects from then on`() async throws {
        let ca = try OperatorFolder(in: folder.path)
        let tunnel = try await RunningTunnel(ca: ca.path)
        let before = try tunnel.certificateSerial()
        try await ca.renewEdgeCertificate()
        try await eventually("another certificate is shown") { try tunnel.certificateSerial() != before }
        #expect(try status(of: "demo", tunnel) == "200")
        #expect(try tunnel.metrics().contains("osm_edge_tunnels_accepted_total 1\n"))
    }

    @Test(.timeLimit(.minutes(3)))
    func `a device that was revoked loses its tunnel and its names`() async throws {
        let ca = try OperatorFolder(in: folder.path)
        let tunnel = try await RunningTunnel(
            edgeArguments: ["--device-crl", "\(ca.path)/crl/devices.crl"],
            ca: ca.path
        )
        try await ca.revoke("\(tunnel.identity)/device.pem")
        #expect(try await tunnel.agent.exitCode() != 0)
        #expect(tunnel.agent.errors.contains("revoked"))
        try await eventually("the name is free") { try status(of: "demo", tunnel) == "404" }
    }
}
