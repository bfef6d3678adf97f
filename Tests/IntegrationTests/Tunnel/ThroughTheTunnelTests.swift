import Foundation
import TestSupport
import Testing

/// What a visitor gets through real processes.
@Suite(.enabled(if: TestPrograms.folder != nil, "needs the programs that ./dev test builds"), .serialized)
struct ThroughTheTunnelTests {
    @Test(.timeLimit(.minutes(3)))
    func `prints the URL and serves it with the visitor's own words`() async throws {
        let tunnel = try await RunningTunnel()
        #expect(tunnel.agent.output == "http://demo.localhost:8080\n")
        #expect(tunnel.agent.errors.contains("X25519MLKEM768"))
        let seen = try tunnel.visit("/headers?a=b", "-H", "X-Mine: yes", "-H", "X-Forwarded-For: 6.6.6.6").output
        #expect(seen.contains("x-mine") || seen.contains("X-Mine"))
        #expect(seen.contains("/headers?a=b"))
        #expect(!seen.contains("6.6.6.6"))
        let unknown = try tunnel.visit("/", host: "nobody", "-o", "/dev/null", "-w", "%{http_code}")
        #expect(unknown.output == "404")
    }

    @Test(.timeLimit(.minutes(5)))
    func `carries a gibibyte down and up unharmed`() async throws {
        let tunnel = try await RunningTunnel()
        let size = 1 << 30
        let direct = "http://127.0.0.1:\(tunnel.originPort)/download?bytes=\(size)"
        let hash = "curl -sS \"$1\" | sha256sum | cut -d ' ' -f 1"
        let expected = try Shell.script(hash, [direct]).output
        let down = try Shell.script(hash, [tunnel.url("/download?bytes=\(size)")]).output
        #expect(down == expected && expected.count == 65)
        let upload = "curl -sS \"$1\" | curl -sS -T - \"$2\""
        let answer = try Shell.script(upload, [direct, tunnel.url("/upload")]).output
        #expect(answer.contains("\"bytes\":\(size)"))
        #expect(answer.contains(expected.trimmingCharacters(in: .newlines)))
    }

    @Test(.timeLimit(.minutes(3)))
    func `carries uploads that come in bursts, one after another on the same connection`() async throws {
        let tunnel = try await RunningTunnel()
        let source = "\(tunnel.scratch.path)/source"
        _ = try Shell.script("head -c 40000000 /dev/urandom > \"$1\"", [source])
        let expected = try Shell.script("sha256sum < \"$1\" | cut -d ' ' -f 1", [source]).output
        let hash = expected.trimmingCharacters(in: .newlines)
        for seed in 1...8 {
            let upload = "\"$1\" \"$2\" \"$3\" \"$4\" | curl -sS -T - \"$5\""
            let arguments = [try #require(TestPrograms.python), Self.beside("bursts.py"), source, "\(seed)"]
            let answer = try Shell.script(upload, arguments + [tunnel.url("/upload")]).output
            #expect(answer.contains("\"bytes\":40000000,\"sha256\":\"\(hash)\""))
        }
    }

    @Test(.timeLimit(.minutes(3)))
    func `loses none of ten thousand requests over two hundred connections`() async throws {
        let tunnel = try await RunningTunnel()
        let answers = try Shell.script(
            "curl -sS -Z --parallel-max 200 -o /dev/null -w '%{http_code}\\n' \"$1\" | sort | uniq -c",
            [tunnel.url("/status/200?[1-10000]")]
        )
        let counts = answers.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(counts == [["10000", "200"]])
    }

    @Test(.timeLimit(.minutes(3)))
    func `passes each event on before the next one is sent`() async throws {
        let tunnel = try await RunningTunnel()
        // Each arrival is stamped by the shell; each event says when the origin wrote it.
        let script = "curl -sSN \"$1\" | while read -r line; do echo \"$(date +%s.%N) $line\"; done"
        let output = try Shell.script(script, [tunnel.url("/events?ms=500&count=4")]).output
        let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        let events = try output.split(separator: "\n").filter { $0.contains("data:") }.map { line in
            let words = line.split(separator: " ")
            let written = try format.parse(String(try #require(words.last)))
            return (arrived: try #require(Double(words[0])), written: written.timeIntervalSince1970)
        }
        #expect(events.count == 4)
        for (event, next) in zip(events, events.dropFirst()) { #expect(event.arrived < next.written) }
    }

    @Test(.timeLimit(.minutes(3)))
    func `stalls only the readers that are slow, and holds little for them`() async throws {
        let tunnel = try await RunningTunnel()
        _ = try tunnel.visit("/download?bytes=50000000", "-o", "/dev/null")
        let before = (edge: try tunnel.edge.residentBytes(), agent: try tunnel.agent.residentBytes())
        #expect(try tunnel.metrics().contains("osm_edge_buffer_bytes 0\n"))
        // Twenty visitors who ask for 64 MiB each and read nothing.
        let slow = try (0..<20).map { _ in
            try SilentVisitor(port: tunnel.addresses.visitorPort, path: "/download?bytes=67108864")
        }
        for visitor in slow { try await eventually("the response has begun") { try visitor.hasBytes() } }
        for _ in 0..<20 {
            let answer = try tunnel.visit("/download?bytes=1000000", "-o", "/dev/null", "-w", "%{size_download}")
            #expect(answer.output == "1000000")
        }
        let limit = 64 << 20
        let after = (edge: try tunnel.edge.residentBytes(), agent: try tunnel.agent.residentBytes())
        #expect(after.edge - before.edge < limit)
        #expect(after.agent - before.agent < limit)
        #expect(!(try tunnel.metrics().contains("osm_edge_buffer_bytes 0\n")))
        for visitor in slow { visitor.leave() }
        try await eventually("nothing is held for those who left") {
            try tunnel.metrics().contains("osm_edge_buffer_bytes 0\n")
        }
    }

    @Test(.timeLimit(.minutes(3)))
    func `tells the origin at once that the visitor has left`() async throws {
        let tunnel = try await RunningTunnel()
        let left = try tunnel.visit("/events?ms=50", "--max-time", "1", "-o", "/dev/null")
        #expect(left.status == 28)
        try await eventually("no stream is left but the control stream") {
            try Shell.run(["curl", "-sS", "http://\(tunnel.addresses.admin)/tunnels"]).output.contains("\"streams\":1")
        }
    }

    @Test(.timeLimit(.minutes(3)))
    func `carries a WebSocket both ways`() async throws {
        let tunnel = try await RunningTunnel()
        let talk = try Shell.run([
            try #require(TestPrograms.python), Self.beside("websocket.py"), "\(tunnel.addresses.visitorPort)",
        ])
        #expect(talk.output == "hello through the tunnel\n")
        #expect(talk.status == 0)
    }

    private static func beside(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: name).path
    }

    @Test(.timeLimit(.minutes(3)))
    func `says which hop failed when the local service is down`() async throws {
        let tunnel = try await RunningTunnel()
        tunnel.origin.killHard()
        let answer = try tunnel.visit("/", "-i").output
        #expect(answer.hasPrefix("HTTP/1.1 502"))
        #expect(answer.contains("osm-agent; error=connection_refused"))
        // The answer to a HEAD has no body, whoever gives it.
        for version in ["--http1.1", "--http2-prior-knowledge"] {
            let head = try tunnel.visit("/", version, "--head")
            #expect(head.status == 0)
            #expect(head.output.contains("osm-agent; error=connection_refused"))
        }
    }
}
