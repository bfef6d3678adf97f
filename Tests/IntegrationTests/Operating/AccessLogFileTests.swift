import Foundation
import TestSupport
import Testing

/// What an edge writes down about requests, as the file has it.
@Suite(.enabled(if: TestPrograms.folder != nil, "needs the programs that ./dev test builds"), .serialized)
struct AccessLogFileTests {
    private struct Line: Decodable {
        let request_id: String
        let client: String
        let method: String
        let host: String
        let target: String
        let version: String
        let status: Int
        let bytes_in: Int
        let bytes_out: Int
        let device: String?
        let failure: String?
        let trace_id: String?
        let user_agent: String?
    }

    private let folder: TemporaryFolder
    private var path: String { "\(folder.path)/access.log" }

    init() throws { folder = try TemporaryFolder() }

    private func lines(_ path: String) throws -> [Line] {
        let data = FileManager.default.contents(atPath: path) ?? Data()
        return try data.split(separator: UInt8(ascii: "\n")).map { try JSONDecoder().decode(Line.self, from: $0) }
    }

    /// Waits for the line of a target.
    private func line(of target: String) async throws -> Line {
        var found: Line?
        try await eventually("\(target) is written down") {
            found = try lines(path).first { $0.target == target }
            return found != nil
        }
        return try #require(found)
    }

    @Test(.timeLimit(.minutes(3)))
    func `says of each request what came of it, and nothing that is secret`() async throws {
        let tunnel = try await RunningTunnel(edgeArguments: ["--access-log-to", path])
        let secrets = ["-H", "Cookie: a=hush", "-H", "Authorization: Bearer hush", "-A", "visitor/1", "--data", "four"]
        _ = try Shell.run(["curl", "-sS"] + secrets + [tunnel.url("/reflect?token=hush&plain")])
        let echo = try await line(of: "/reflect?token=*&*")
        #expect((echo.method, echo.version, echo.status) == ("POST", "HTTP/1.1", 200))
        #expect((echo.bytes_in, echo.user_agent, echo.client) == (4, "visitor/1", "127.0.0.1"))
        #expect(echo.bytes_out >= 4)
        #expect(echo.host == "demo.localhost:\(tunnel.addresses.visitorPort)")
        #expect(echo.device == tunnel.deviceID)
        #expect(echo.trace_id?.utf8.count == 32)
        let whole = String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
        #expect(!whole.contains("hush"))
    }

    @Test(.timeLimit(.minutes(3)))
    func `says why the edge answered itself`() async throws {
        let tunnel = try await RunningTunnel(edgeArguments: ["--access-log-to", path])
        _ = try tunnel.visit("/nobody", host: "nobody")
        #expect(try await line(of: "/nobody").failure == "unknown_host")
        _ = try tunnel.visit("/h2", "--http2-prior-knowledge")
        #expect(try await line(of: "/h2").version == "HTTP/2")
        _ = try Shell.script(
            "printf 'GET / HTTP/1.1\\r\\nHost : x\\r\\n\\r\\n' | nc -N 127.0.0.1 \(tunnel.addresses.visitorPort)"
        )
        let malformed = try await line(of: "")
        #expect((malformed.status, malformed.method, malformed.device) == (400, "", nil))
        tunnel.origin.killHard()
        _ = try tunnel.visit("/dead")
        let dead = try await line(of: "/dead")
        #expect((dead.status, dead.failure, dead.device) == (502, "origin_refused", tunnel.deviceID))
        #expect(Set(try lines(path).map(\.request_id)).count == (try lines(path).count))
    }

    @Test(.timeLimit(.minutes(3)))
    func `goes on in a new file when the old one was moved away and the edge was told`() async throws {
        let tunnel = try await RunningTunnel(edgeArguments: ["--access-log-to", path])
        _ = try tunnel.visit("/before")
        _ = try await line(of: "/before")
        try FileManager.default.moveItem(atPath: path, toPath: "\(path).1")
        tunnel.edge.signal(SIGHUP)
        try await eventually("the file is there again") { FileManager.default.fileExists(atPath: path) }
        _ = try tunnel.visit("/after")
        _ = try await line(of: "/after")
        #expect(try lines("\(path).1").allSatisfy { $0.target != "/after" })
    }
}
