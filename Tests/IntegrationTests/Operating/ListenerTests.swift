import TestSupport
import Testing

/// What an edge says that cannot have its ports.
@Suite(.enabled(if: TestPrograms.folder != nil, "needs the programs that ./dev test builds"), .serialized)
struct ListenerTests {
    @Test(.timeLimit(.minutes(3)), arguments: ["tunnel", "visitor", "admin", "internal"])
    func `names the listener whose port another process has`(listener: String) async throws {
        let tunnel = try await RunningTunnel()
        let taken = tunnel.addresses.visitor
        var listening = ["tunnel", "visitor", "admin", "internal"].flatMap { ["--\($0)-listen", "127.0.0.1:0"] }
        if let place = listening.firstIndex(of: "--\(listener)-listen") { listening[place + 1] = taken }
        let ca = try TestPrograms.caFolder()
        let edge = try Program(
            "osm-proxy",
            [
                "run", "--standalone", "--certificate", "\(ca)/edges/localhost/edge.pem", "--key",
                "\(ca)/edges/localhost/edge.key", "--operator-bundle", "\(ca)/bundle/operator-ca.json", "--public-url",
                "http://*.localhost:8080",
            ] + listening,
            in: tunnel.scratch.path
        )
        #expect(try await edge.exitCode() == 1)
        let message = "osm-proxy: \(listener).listen: cannot listen on \(taken): another process does"
        #expect(edge.errors.contains(message), "\(edge.errors)")
    }
}
