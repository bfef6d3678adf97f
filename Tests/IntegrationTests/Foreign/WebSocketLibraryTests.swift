import Foundation
import TestSupport
import Testing

/// WebSockets between the client and the server of the Python library `websockets`.
@Suite(
    .enabled(if: TestPrograms.pythonWithLibraries != nil, "needs the programs that ./dev test builds"),
    .serialized
)
struct WebSocketLibraryTests {
    private func visit(_ tunnel: RunningTunnel, _ what: String) throws {
        let port = "\(tunnel.addresses.visitorPort)"
        let visit = try ForeignPrograms.run("websocket_visitor.py", "ws://demo.localhost:\(port)/", port, what)
        #expect(visit.output.hasSuffix("ok \(what)\n"), "\(visit.output)")
    }

    @Test(.timeLimit(.minutes(3)))
    func `carries messages, fragments and pings of every kind`() async throws {
        let tunnel = try await RunningTunnel(serving: .script("websocket_origin.py"))
        for what in ["text", "binary", "fragments", "ping", "large", "together"] { try visit(tunnel, what) }
    }

    @Test(.timeLimit(.minutes(3)))
    func `leaves compression to the two ends`() async throws {
        let tunnel = try await RunningTunnel(serving: .script("websocket_origin.py"))
        try visit(tunnel, "deflate")
    }

    @Test(.timeLimit(.minutes(3)))
    func `carries close codes and reasons both ways`() async throws {
        let tunnel = try await RunningTunnel(serving: .script("websocket_origin.py"))
        try visit(tunnel, "close_by_origin")
        try visit(tunnel, "close_by_visitor")
        try await eventually("the server hears the visitor's code: \(tunnel.origin.output)") {
            tunnel.origin.output.contains("closed 4444 had enough\n")
        }
    }
}
