import TestSupport
import Testing

/// What an operator asks a running edge on a machine without a shell or curl.
@Suite(.enabled(if: TestPrograms.folder != nil, "needs the programs that ./dev test builds"), .serialized)
struct AdminCommandTests {
    @Test(.timeLimit(.minutes(3)))
    func `the edge's program shows tunnels, figures and readiness`() async throws {
        let tunnel = try await RunningTunnel()
        let edge = try TestPrograms.path("osm-proxy")
        func ask(_ command: String, _ admin: String) throws -> (status: Int32, output: String) {
            try Shell.run([edge, command, "--admin", admin])
        }
        let tunnels = try ask("tunnels", tunnel.addresses.admin)
        #expect(tunnels.status == 0 && tunnels.output.contains(tunnel.deviceID), "\(tunnels)")
        let figures = try ask("metrics", tunnel.addresses.admin)
        #expect(figures.status == 0 && figures.output.contains("osm_edge_tunnels 1\n"), "\(figures)")
        #expect(try ask("health", tunnel.addresses.admin).status == 0)
        for command in ["tunnels", "metrics", "health"] {
            #expect(try ask(command, "127.0.0.1:1").status == 1, "\(command)")
            #expect(try ask(command, "nowhere").status == 2, "\(command)")
        }
    }
}
