import Foundation
import TestSupport
import Testing

/// gRPC between a client and a server of grpcio: trailers, resets and streams in both directions at once.
@Suite(
    .enabled(if: TestPrograms.pythonWithLibraries != nil, "needs the programs that ./dev test builds"),
    .serialized
)
struct GRPCTests {
    private static let service = LocalService.script("grpc_origin.py", scheme: "http2")

    private func call(_ tunnel: RunningTunnel, _ name: String) throws {
        let port = "\(tunnel.addresses.visitorPort)"
        let call = try ForeignPrograms.run("grpc_visitor.py", port, "demo.localhost:\(port)", name)
        #expect(call.output.hasSuffix("ok \(name)\n"), "\(call.output)")
    }

    @Test(.timeLimit(.minutes(3)))
    func `carries calls of all four kinds with their trailers`() async throws {
        let tunnel = try await RunningTunnel(serving: Self.service)
        for name in ["unary", "collect", "count", "chat", "large"] { try call(tunnel, name) }
    }

    @Test(.timeLimit(.minutes(3)))
    func `carries statuses that are not OK, with words and binary trailers`() async throws {
        let tunnel = try await RunningTunnel(serving: Self.service)
        for name in ["refusal", "unimplemented"] { try call(tunnel, name) }
    }

    @Test(.timeLimit(.minutes(3)), arguments: ["deadline", "cancellation"])
    func `tells the server that the caller has given up`(reason: String) async throws {
        let tunnel = try await RunningTunnel(serving: Self.service)
        try call(tunnel, reason)
        try await eventually("the server hears of it: \(tunnel.origin.output)") {
            tunnel.origin.output.contains("gone \(reason)\n")
        }
        try await eventually("no stream is left but the control stream") {
            try Shell.run(["curl", "-sS", "http://\(tunnel.addresses.admin)/tunnels"]).output.contains("\"streams\":1")
        }
    }

    @Test(.timeLimit(.minutes(3)))
    func `says that a server is unavailable which is not running`() async throws {
        let tunnel = try await RunningTunnel(serving: Self.service)
        tunnel.origin.killHard()
        try call(tunnel, "down")
    }

    @Test(.timeLimit(.minutes(3)))
    func `gives visitors of HTTP/1.1 the server's trailers in chunked coding`() async throws {
        let tunnel = try await RunningTunnel(serving: Self.service)
        // One message: not compressed, three bytes long.
        let request =
            "printf '\\000\\000\\000\\000\\003abc' | curl -sS -i --raw --data-binary @- \"$@\" | tr -d '\\000\\003'"
        let answer = try Shell.script(
            request,
            [
                "-H", "TE: trailers", "-H", "Connection: TE", "-H", "Content-Type: application/grpc",
                tunnel.url("/test.Echo/Unary"),
            ]
        ).output
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(answer.contains("content-type: application/grpc\r\n"))
        #expect(answer.contains("cba"))
        let trailers = answer.components(separatedBy: "\r\n0\r\n").last ?? ""
        #expect(trailers.contains("grpc-status: 0\r\n"))
        #expect(trailers.contains("x-count: 1\r\n"))
    }
}
