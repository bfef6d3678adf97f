import Foundation
import TestSupport
import Testing

/// `ca-tools serve`, `osm-proxy` and `osm-agent` as they are installed: an invitation becomes a device that stays one.
@Suite(.enabled(if: TestPrograms.folder != nil, "needs the programs that ./dev test builds"), .serialized)
struct EnrolmentProcessTests {
    private struct Enrolled: Decodable { let device: String }

    private struct Status: Decodable {
        let certificate_expires: Date
        let certificate_problem: String?
    }

    private static func device(_ program: Program) throws -> String {
        try JSONDecoder().decode(Enrolled.self, from: Data(program.output.utf8)).device
    }

    private static func status(_ socket: String) throws -> Status? {
        let answer = try Shell.run(["curl", "-sS", "--unix-socket", socket, "http://agent/v1/status"])
        guard answer.status == 0 else { return nil }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return try decoder.decode(Status.self, from: Data(answer.output.utf8))
    }

    private static func origin(in folder: String) async throws -> (Program, Int) {
        let program = try LocalService.sample.start(in: folder)
        return (program, try await RunningTunnel.announced(program, RunningTunnel.OriginAddress.self).port)
    }

    // MARK: The first certificate

    @Test(.timeLimit(.minutes(5)))
    func `an invitation becomes a tunnel, and its token shows nowhere`() async throws {
        let stage = try await IssuingStage()
        let identity = "\(stage.scratch.path)/laptop"
        let (token, file) = try await stage.invite()
        let enrolled = try await stage.enrol(file, identity: identity)
        #expect(try await enrolled.exitCode() == 0, "\(enrolled.errors)")
        #expect(enrolled.output.contains("name         laptop\n"))
        let (origin, port) = try await Self.origin(in: stage.scratch.path)
        let agent = try stage.agent(identity: identity, socket: "\(stage.scratch.path)/a.sock", target: port)
        try await eventually("the name is served: \(agent.errors)") { agent.output.contains("://demo.localhost") }
        let again = try await stage.enrol(file, identity: identity)
        #expect(try await again.exitCode() == 29)
        let said = [stage.words, enrolled.output, enrolled.errors, agent.output, agent.errors, again.errors].joined()
        #expect(!said.contains(token))
        #expect(!said.contains(token.dropFirst(5).prefix(16)))
        #expect(stage.edge.errors.contains("device enrolled"))
        withExtendedLifetime(origin) {}
    }

    @Test(.timeLimit(.minutes(5)))
    func `a token is good for one key, and for that one again`() async throws {
        let stage = try await IssuingStage()
        let identity = "\(stage.scratch.path)/laptop"
        let (_, file) = try await stage.invite()
        let first = try await stage.enrol(file, identity: identity, "--json")
        // As if the answer had been lost on the way.
        try FileManager.default.removeItem(atPath: "\(identity)/device.pem")
        let again = try await stage.enrol(file, identity: identity, "--json")
        #expect(try Self.device(first) == Self.device(again))
        let thief = try await stage.enrol(file, identity: "\(stage.scratch.path)/thief")
        #expect(try await thief.exitCode() == 42)
        let another = try await stage.enrol(file, identity: identity, "--force")
        #expect(try await another.exitCode() == 42)
        #expect(FileManager.default.fileExists(atPath: "\(identity)/device.pem"))
    }

    @Test(.timeLimit(.minutes(5)))
    func `an issuer that is away is told, and the token stays good`() async throws {
        let stage = try await IssuingStage()
        let identity = "\(stage.scratch.path)/laptop"
        let (_, file) = try await stage.invite()
        stage.killIssuer()
        let early = try await stage.enrol(file, identity: identity)
        #expect(try await early.exitCode() == 48, "\(early.errors)")
        try await stage.restartIssuer()
        let late = try await stage.enrol(file, identity: identity)
        #expect(try await late.exitCode() == 0, "\(late.errors)")
    }

    @Test(.timeLimit(.minutes(5)))
    func `an invitation that has expired, or was withdrawn, is told apart`() async throws {
        let stage = try await IssuingStage()
        let (_, file) = try await stage.invite("--expires", "10m")
        let later = try await IssuingStage(clock: "+11m", after: stage)
        let expired = try await later.enrol(file, identity: "\(stage.scratch.path)/laptop")
        #expect(try await expired.exitCode() == 43, "\(expired.errors)")
        let unknown = "\(stage.scratch.path)/unknown"
        try Data("osmi_\(String(repeating: "A", count: 43))\n".utf8).write(to: URL(filePath: unknown))
        let stranger = try await later.enrol(unknown, identity: "\(stage.scratch.path)/laptop")
        #expect(try await stranger.exitCode() == 41, "\(stranger.errors)")
    }

    // MARK: The next certificates

    /// A stage, and a device whose certificate is five and a half of its seven days old.
    private static func late() async throws -> (stage: IssuingStage, identity: String) {
        let stage = try await IssuingStage()
        return (stage, try await stage.olderDevice(by: "-132h"))
    }

    @Test(.timeLimit(.minutes(5)))
    func `a certificate is renewed in time, and shown in the next tunnel`() async throws {
        let (stage, identity) = try await Self.late()
        let chain = "\(identity)/device.pem"
        let before = FileManager.default.contents(atPath: chain)
        let socket = "\(stage.scratch.path)/a.sock"
        let (origin, port) = try await Self.origin(in: stage.scratch.path)
        let agent = try stage.agent(identity: identity, socket: socket, target: port)
        try await eventually("it is renewed: \(agent.errors) \(stage.words)", within: .seconds(60)) {
            FileManager.default.contents(atPath: chain) != before
        }
        try await eventually("the log says so: \(agent.errors)") { agent.errors.contains("certificate renewed") }
        let status = try #require(try Self.status(socket))
        #expect(status.certificate_expires > Date(timeIntervalSinceNow: 6 * 86_400))
        #expect(status.certificate_problem == nil)
        let end = status.certificate_expires.formatted(.iso8601)
        let shown = try stage.tunnels()
        #expect(!shown.contains(end), "\(shown)")
        try await stage.restartEdge()
        try await eventually("the new one is shown: \(agent.errors)", within: .seconds(60)) {
            try stage.tunnels().contains(end)
        }
        withExtendedLifetime(origin) {}
    }

    @Test(.timeLimit(.minutes(5)))
    func `a device that was revoked is not renewed, and says so`() async throws {
        let (stage, identity) = try await Self.late()
        try await stage.ca.revoke("\(identity)/device.pem")
        let socket = "\(stage.scratch.path)/a.sock"
        let (origin, port) = try await Self.origin(in: stage.scratch.path)
        let agent = try stage.agent(identity: identity, socket: socket, target: port)
        try await eventually("it is told: \(agent.errors) \(stage.words)", within: .seconds(60)) {
            agent.errors.contains("The device has been revoked.")
        }
        let shown = try Self.status(socket)?.certificate_problem
        #expect(shown?.contains("revoked") == true)
        let list = try Program("osm-agent", ["list", "--json", "--socket", socket], in: stage.scratch.path)
        #expect(try await list.exitCode() == 0)
        #expect(list.output.contains("The device has been revoked."))
        #expect(agent.isRunning)
        withExtendedLifetime(origin) {}
    }

    @Test(.timeLimit(.minutes(5)))
    func `whenever an agent is killed, its identity is whole`() async throws {
        let (stage, identity) = try await Self.late()
        let chain = URL(filePath: "\(identity)/device.pem")
        let before = try Data(contentsOf: chain)
        let (origin, port) = try await Self.origin(in: stage.scratch.path)
        for round in 0..<5 {
            try before.write(to: chain, options: .atomic)
            let socket = "\(stage.scratch.path)/\(round).sock"
            let agent = try stage.agent(identity: identity, socket: socket, target: port)
            try await eventually("round \(round) is renewed: \(agent.errors)", within: .seconds(60)) {
                let names = try FileManager.default.contentsOfDirectory(atPath: identity)
                return try names.contains("device.pem.new") || Data(contentsOf: chain) != before
            }
            agent.killHard()
            let shown = try Program("osm-agent", ["identity", "show", "--identity", identity], in: stage.scratch.path)
            #expect(try await shown.exitCode() == 0, "round \(round): \(shown.errors)")
        }
        withExtendedLifetime(origin) {}
    }
}
