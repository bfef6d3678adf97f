import Foundation
import TestSupport
import Testing

/// Who an origin is told its visitor is, behind a proxy that is trusted and behind one that is not.
@Suite(.enabled(if: TestPrograms.folder != nil, "needs the programs that ./dev test builds"), .serialized)
struct TrustedProxyTests {
    private struct Seen: Decodable {
        let headers: [[String]]

        func values(_ name: String) -> [String] {
            headers.filter { $0.first?.lowercased() == name }.compactMap(\.last)
        }
    }

    private func headers(_ tunnel: RunningTunnel, _ arguments: [String]) throws -> Seen {
        let answer = try Shell.run(["curl", "-sS"] + arguments + [tunnel.url("/headers")]).output
        return try JSONDecoder().decode(Seen.self, from: Data(answer.utf8))
    }

    private static let claim = [
        "-H", "X-Forwarded-For: 203.0.113.9, 198.51.100.7", "-H", "X-Forwarded-Proto: https", "-H",
        "X-Forwarded-Host: app.example.com", "-H", "X_Forwarded_For: 6.6.6.6", "-H", "X-Real-IP: 6.6.6.6",
    ]

    @Test(.timeLimit(.minutes(3)), arguments: ["--http1.1", "--http2-prior-knowledge"])
    func `nobody is believed who is not trusted`(version: String) async throws {
        let tunnel = try await RunningTunnel()
        let seen = try headers(tunnel, Self.claim + [version])
        #expect(seen.values("x-forwarded-for") == ["127.0.0.1"])
        #expect(seen.values("x-forwarded-proto") == ["http"])
        #expect(seen.values("x-forwarded-host") == ["demo.localhost:\(tunnel.addresses.visitorPort)"])
        #expect(seen.values("x_forwarded_for") == [])
        #expect(seen.values("x-real-ip") == [])
    }

    @Test(.timeLimit(.minutes(3)))
    func `a trusted proxy is believed up to the first hop that is not trusted`() async throws {
        let tunnel = try await RunningTunnel(edgeArguments: ["--trusted-proxies", "loopback"])
        let seen = try headers(tunnel, Self.claim)
        #expect(seen.values("x-forwarded-for") == ["198.51.100.7"])
        #expect(seen.values("x-forwarded-proto") == ["https"])
        #expect(seen.values("x-forwarded-host") == ["app.example.com"])
        let deeper = ["loopback", "198.51.100.0/24"].flatMap { ["--trusted-proxies", $0] }
        let other = try await RunningTunnel(edgeArguments: deeper)
        #expect(try headers(other, Self.claim).values("x-forwarded-for") == ["203.0.113.9"])
    }

    @Test(.timeLimit(.minutes(3)))
    func `the PROXY protocol says it where that is what visitors' connections begin with`() async throws {
        let arguments = ["--trusted-proxies", "loopback", "--visitor-proxy-protocol"]
        let tunnel = try await RunningTunnel(edgeArguments: arguments, waits: false)
        let header = "PROXY TCP4 203.0.113.9 192.0.2.1 40000 443\\r\\n"
        let request = "GET /headers HTTP/1.1\\r\\nHost: demo.localhost\\r\\nConnection: close\\r\\n\\r\\n"
        let port = tunnel.addresses.visitorPort
        let answer = try Shell.script("printf '\(header)\(request)' | nc -w 10 127.0.0.1 \(port)").output
        #expect(answer.contains("HTTP/1.1 200 OK"))
        #expect(answer.contains("203.0.113.9"))
        let refused = try Shell.script("printf '\(request)' | nc -w 10 127.0.0.1 \(port)").output
        #expect(refused.isEmpty)
    }
}
