import Foundation
import TestSupport
import Testing

/// What a visitor gets who speaks HTTP/2 by prior knowledge, as a proxy in front does.
@Suite(.enabled(if: TestPrograms.folder != nil, "needs the programs that ./dev test builds"), .serialized)
struct HTTP2VisitorTests {
    private func talk(_ tunnel: RunningTunnel, _ what: String) throws -> [String] {
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "h2visitor.py").path
        let python = try #require(TestPrograms.python)
        let talk = try Shell.run([python, script, "\(tunnel.addresses.visitorPort)", what])
        #expect(talk.status == 0, "\(talk.output)")
        return talk.output.split(separator: "\n").map(String.init)
    }

    @Test(.timeLimit(.minutes(3)))
    func `carries bodies both ways unharmed`() async throws {
        let tunnel = try await RunningTunnel()
        let source = "\(tunnel.scratch.path)/source"
        _ = try Shell.script("head -c 60000000 /dev/urandom > \"$1\"", [source])
        let expected = try Shell.script("sha256sum < \"$1\" | cut -d ' ' -f 1", [source]).output
        let hash = expected.trimmingCharacters(in: .newlines)
        let up = try tunnel.visit(
            "/upload",
            "--http2-prior-knowledge",
            "-T",
            source,
            "-w",
            "\n%{http_version} %{http_code}"
        )
        #expect(up.output.contains("\"bytes\":60000000,\"sha256\":\"\(hash)\""))
        #expect(up.output.hasSuffix("2 200"))
        let down = "curl -sS --http2-prior-knowledge \"$1\" | sha256sum"
        let direct = "http://127.0.0.1:\(tunnel.originPort)/download?bytes=60000000"
        let through = try Shell.script(down, [tunnel.url("/download?bytes=60000000")]).output
        #expect(try through == Shell.script("curl -sS \"$1\" | sha256sum", [direct]).output)
    }

    @Test(.timeLimit(.minutes(3)))
    func `answers an upload to an unknown name before it has all arrived`() async throws {
        let tunnel = try await RunningTunnel()
        let source = "\(tunnel.scratch.path)/source"
        _ = try Shell.script("head -c 30000000 /dev/zero > \"$1\"", [source])
        for version in ["--http1.1", "--http2-prior-knowledge"] {
            let answer = try tunnel.visit(
                "/",
                host: "nobody",
                version,
                "--data-binary",
                "@\(source)",
                "-o",
                "/dev/null",
                "-w",
                "%{http_code}"
            )
            #expect(answer.output == "404", "\(version)")
        }
    }

    @Test(.timeLimit(.minutes(3)))
    func `refuses what is malformed, each in its way, and serves the rest`() async throws {
        let tunnel = try await RunningTunnel()
        let outcomes = try talk(tunnel, "malformed")
        #expect(outcomes.prefix(3) == ["good 204", "host-agrees 204", "host-differs 400"])
        #expect(outcomes.suffix(3) == ["lookalike-length 400", "plain-connect 501", "connect-udp 501"])
        let rest = outcomes.dropFirst(3).dropLast(3)
        #expect(rest.count == 11)
        for outcome in rest { #expect(outcome.hasSuffix(" RST_STREAM PROTOCOL_ERROR"), "\(outcome)") }
    }

    @Test(.timeLimit(.minutes(3)))
    func `ends connections that flood, and the tunnel lives on`() async throws {
        let tunnel = try await RunningTunnel()
        let outcomes = try talk(tunnel, "floods")
        #expect(
            outcomes.map { $0.split(separator: " ").first } == [
                "resets", "pings", "settings", "continuations", "fields",
            ]
        )
        for outcome in outcomes.dropLast() {
            #expect(outcome.contains("GOAWAY") || outcome.contains("closed"), "\(outcome)")
        }
        #expect(outcomes.last?.contains("204") == false)
        #expect(try tunnel.visit("/status/204", "-o", "/dev/null", "-w", "%{http_code}").output == "204")
        let streams = try Shell.run(["curl", "-sS", "http://\(tunnel.addresses.admin)/tunnels"]).output
        #expect(streams.contains("\"streams\":1"))
    }

    @Test(.timeLimit(.minutes(3)))
    func `carries a WebSocket on a stream`() async throws {
        let tunnel = try await RunningTunnel()
        #expect(try talk(tunnel, "websocket") == ["websocket hello over a stream"])
    }

    @Test(.timeLimit(.minutes(3)))
    func `lets a reader with a tiny window take its time`() async throws {
        let tunnel = try await RunningTunnel()
        #expect(try talk(tunnel, "small_window") == ["small_window 1000000"])
    }

    @Test(.timeLimit(.minutes(3)))
    func `loses none of five thousand requests over forty connections`() async throws {
        let tunnel = try await RunningTunnel()
        let load = try Shell.run([
            "h2load", "-n", "5000", "-c", "40", "-m", "16", "--connect-to", "127.0.0.1:\(tunnel.addresses.visitorPort)",
            tunnel.url("/status/200"),
        ]).output
        #expect(load.contains("5000 succeeded, 0 failed, 0 errored, 0 timeout"), "\(load)")
    }

    @Test(.enabled(if: h2specIsHere, "needs h2spec on the PATH"), .timeLimit(.minutes(3)))
    func `passes h2spec but for the case that asks for a port without HTTP/1`() async throws {
        let tunnel = try await RunningTunnel()
        let report = try Shell.run([
            "h2spec", "-h", "127.0.0.1", "-p", "\(tunnel.addresses.visitorPort)", "-o", "5", "--strict",
        ]).output
        #expect(report.contains("146 passed, 0 skipped, 1 failed"))
        #expect(report.contains("× 2: Sends invalid connection preface"))
    }

    private static let h2specIsHere = (try? Shell.run(["sh", "-c", "command -v h2spec"]).status) == 0
}
