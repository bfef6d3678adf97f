import Foundation
import TestSupport
import Testing

/// A `ca-tools serve` with a CA that it made itself, and devices that ask it with curl.
final class RunningIssuer {
    let scratch: TemporaryFolder
    let folder: String
    let socket: String
    private let arguments: [String]
    private(set) var service: Program

    private struct Listening: Decodable { let socket: String }

    struct Answer: Decodable {
        let device: String?
        let code: String?
        let chain: [String]?
    }

    init(_ more: [String] = []) async throws {
        scratch = try TemporaryFolder()
        folder = "\(scratch.path)/operator-ca"
        socket = "\(scratch.path)/issuer.sock"
        arguments =
            ["serve", "--ca", folder, "--socket", socket, "--init", "--domain", "localhost", "--log-format", "json"]
            + more
        service = try Program("ca-tools", arguments, in: scratch.path)
        try await untilListening()
    }

    /// Starts the service again, as a supervisor would.
    func restart() async throws {
        service = try Program("ca-tools", arguments, in: scratch.path)
        try await untilListening()
    }

    private func untilListening() async throws {
        let line = try await RunningTunnel.announced(service, Listening.self)
        try #require(line.socket == socket)
    }

    /// Runs another command in the same folder and gives what it says.
    func run(_ command: [String]) async throws -> String {
        let program = try Program("ca-tools", command + ["--ca", folder], in: scratch.path)
        let code = try await program.exitCode()
        try #require(code == 0, "\(program.errors)")
        return program.output
    }

    func invite(_ name: String) async throws -> String {
        struct Invited: Decodable { let token: String }
        let text = try await run(["invite", name, "--json"])
        return try JSONDecoder().decode(Invited.self, from: Data(text.utf8)).token
    }

    /// Makes a key and a request with OpenSSL and gives the request, base64 of DER.
    func request() throws -> String {
        let line = """
            openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -keyout "$1" -subj /CN=laptop \
                -outform DER 2>/dev/null | base64 -w 0
            """
        return try Shell.script(line, ["\(scratch.path)/\(UUID().uuidString).key"]).output
    }

    /// Posts JSON as an edge would; nil when there was no answer.
    func post(_ path: String, _ members: [String: String]) throws -> Answer? {
        try post(path, members, killingAfter: nil)
    }

    /// The same, and kills the service so long after the question was put.
    func postAndKill(_ path: String, _ members: [String: String], milliseconds: Int) throws -> Answer? {
        let answer = try post(path, members, killingAfter: Double(milliseconds) / 1000)
        service.killHard()
        return answer
    }

    private func post(_ path: String, _ members: [String: String], killingAfter seconds: Double?) throws -> Answer? {
        let body = String(decoding: try JSONEncoder().encode(members), as: UTF8.self)
        let kill = seconds.map { "(sleep \($0); kill -9 \(service.pid)) &" } ?? ""
        let line = """
            \(kill)
            curl -sS --max-time 30 --unix-socket "$1" --data-binary "$2" "http://localhost$3"
            status=$?
            wait
            exit "$status"
            """
        let answer = try Shell.script(line, [socket, body, path])
        guard answer.status == 0 else { return nil }
        return try JSONDecoder().decode(Answer.self, from: Data(answer.output.utf8))
    }

    /// The audit's exit code and words.
    func audit() async throws -> String { try await run(["audit"]) }
}
