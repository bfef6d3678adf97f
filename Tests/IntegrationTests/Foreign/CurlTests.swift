import Foundation
import TestSupport
import Testing

/// How curl frames requests and what it makes of our responses.
@Suite(.enabled(if: TestPrograms.folder != nil, "needs the programs that ./dev test builds"), .serialized)
struct CurlTests {
    /// What curl says of an exchange on top of the body: head of request and response, as they are on the wire.
    private func verbose(_ tunnel: RunningTunnel, _ path: String, _ arguments: [String]) throws -> String {
        let line = "exec curl -sS -v --raw --max-time 30 \"$@\" 2>&1"
        return try Shell.script(line, arguments + [tunnel.url(path)]).output.replacing("\r\n", with: "\n")
    }

    @Test(.timeLimit(.minutes(3)))
    func `frames what has no body without one, on a connection that goes on`() async throws {
        let tunnel = try await RunningTunnel()
        for (path, method) in [("/status/204", "GET"), ("/status/304", "GET"), ("/download?bytes=77", "HEAD")] {
            // The second request goes over the same connection, so the first left no byte behind that was not its own.
            let first = [method == "HEAD" ? "-I" : "-i", tunnel.url(path)]
            let both = try verbose(tunnel, "/download?bytes=5", first + ["--next", "-sS", "-v"])
            #expect(both.contains("Re-using existing connection"), "\(both)")
            #expect(both.components(separatedBy: "< HTTP/1.1 ").count == 3, "\(both)")
            #expect(!both.contains("transfer-encoding"), "\(path)")
            if method == "HEAD" { #expect(both.contains("content-length: 77\n")) }
        }
    }

    @Test(.timeLimit(.minutes(3)))
    func `sends 100 before the body of an upload that asks for it`() async throws {
        let tunnel = try await RunningTunnel()
        let answer = try verbose(tunnel, "/upload", ["-H", "Expect: 100-continue", "--data-binary", "twelve bytes"])
        let interim = try #require(answer.range(of: "< HTTP/1.1 100 Continue"))
        let final = try #require(answer.range(of: "< HTTP/1.1 200 OK"))
        #expect(interim.lowerBound < final.lowerBound)
        #expect(answer.contains("\"bytes\":12,"))
    }

    @Test(.timeLimit(.minutes(3)), arguments: ["--http1.1", "--http2-prior-knowledge"])
    func `carries trailers and early hints`(version: String) async throws {
        let tunnel = try await RunningTunnel()
        let trailers = try verbose(tunnel, "/trailers", [version, "--data", "four"])
        #expect(trailers.contains("x-bytes: 4"))
        let hints = try verbose(tunnel, "/early-hints", [version])
        let interim = try #require(hints.range(of: version == "--http1.1" ? "< HTTP/1.1 103" : "< HTTP/2 103"))
        let final = try #require(hints.range(of: version == "--http1.1" ? "< HTTP/1.1 200" : "< HTTP/2 200"))
        #expect(interim.lowerBound < final.lowerBound)
    }

    @Test(.timeLimit(.minutes(3)))
    func `takes an upload in chunks and mirrors it in chunks`() async throws {
        let tunnel = try await RunningTunnel()
        let mirror = """
            head -c 20000000 /dev/urandom >"$1"
            curl -sS -T - -H 'Transfer-Encoding: chunked' "$2" <"$1" | cmp - "$1"
            """
        let compared = try Shell.script(mirror, ["\(tunnel.scratch.path)/sent", tunnel.url("/reflect")])
        #expect(compared.status == 0, "\(compared.output)")
    }

    @Test(.timeLimit(.minutes(3)))
    func `answers HTTP/1.0 with a length or the end of the connection, and never in chunks`() async throws {
        let tunnel = try await RunningTunnel()
        let options = ["--http1.0", "-o", "/dev/null", "-w", "%{size_download}"]
        let known = try verbose(tunnel, "/download?bytes=1000", options)
        #expect(known.contains("content-length: 1000\n"))
        let unknown = try verbose(tunnel, "/stream?bytes=1000", options)
        #expect(unknown.hasSuffix("1000"))
        for answer in [known, unknown] {
            #expect(!answer.contains("transfer-encoding"))
            #expect(answer.contains("connection: close\n"))
        }
    }
}
