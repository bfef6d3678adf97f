import Foundation
import TestSupport
import Testing

/// An issuer, an edge in front of it, and what agents need to enrol there, as processes.
final class IssuingStage {
    let scratch: TemporaryFolder
    let ca: OperatorFolder
    private(set) var issuer: Program
    private(set) var edge: Program
    private(set) var addresses: RunningTunnel.EdgeAddresses
    /// Processes whose clock the library keeps in a file, which it leaves behind.
    private var clocked: [Int32] = []
    /// How far the clocks of its processes are ahead, as faketime has it; nil for not at all.
    private let clock: String?

    private struct Listening: Decodable { let socket: String }
    private struct Invited: Decodable { let token: String }

    /// Starts the issuer and the edge.
    ///
    /// With another stage, it goes on with that one's CA after it has ended.
    init(clock: String? = nil, after other: IssuingStage? = nil) async throws {
        scratch = try other?.scratch ?? TemporaryFolder()
        ca = try other?.ca ?? OperatorFolder(in: scratch.path)
        self.clock = clock
        other?.end()
        issuer = try Self.startIssuer(ca, scratch.path, clock)
        _ = try await RunningTunnel.announced(issuer, Listening.self)
        edge = try Self.startEdge(ca, scratch.path, clock, tunnel: "127.0.0.1:0")
        addresses = try await RunningTunnel.announced(edge, RunningTunnel.EdgeAddresses.self)
        clocked = [issuer.pid, edge.pid]
    }

    deinit {
        for file in clocked.flatMap({ ["faketime_shm_\($0)", "sem.faketime_sem_\($0)"] }) {
            do { try FileManager.default.removeItem(atPath: "/dev/shm/\(file)") } catch {}  // gone already
        }
    }

    // MARK: Processes

    private static let library = ["x86_64", "aarch64"].map { "/usr/lib/\($0)-linux-gnu/faketime/libfaketimeMT.so.1" }
        .first { FileManager.default.fileExists(atPath: $0) }

    /// Starts a program whose clock is as far ahead as that.
    ///
    /// The command of faketime stays in between, and would die in the program's place.
    static func start(_ name: String, _ arguments: [String], in folder: String, clock: String?) throws -> Program {
        guard let clock else { return try Program(name, arguments, in: folder) }
        let library = try #require(Self.library)
        let environment = ["LD_PRELOAD=\(library)", "FAKETIME=\(clock)", "FAKETIME_DONT_FAKE_MONOTONIC=1"]
        // The first program that has the library changes its own environment, and Swift would not find its arguments then.
        let program = ["/usr/bin/env", try TestPrograms.path(name)]
        return try Program("/usr/bin/env", environment + program + arguments, in: folder, called: name)
    }

    private static func startIssuer(_ ca: OperatorFolder, _ folder: String, _ clock: String?) throws -> Program {
        try start(
            "ca-tools",
            ["serve", "--ca", ca.path, "--socket", "\(folder)/issuer.sock"],
            in: folder,
            clock: clock
        )
    }

    private static func startEdge(
        _ ca: OperatorFolder,
        _ folder: String,
        _ clock: String?,
        tunnel: String
    ) throws -> Program {
        let files = "\(ca.path)/edges/localhost"
        let arguments = [
            "run", "--standalone", "--tunnel-listen", tunnel, "--visitor-listen", "127.0.0.1:0", "--admin-listen",
            "127.0.0.1:0", "--internal-listen", "off", "--enroll-listen", "127.0.0.1:0", "--issuer",
            "unix:\(folder)/issuer.sock", "--certificate", "\(files)/edge.pem", "--key", "\(files)/edge.key",
            "--operator-bundle", "\(ca.path)/bundle/operator-ca.json", "--public-url", "http://*.localhost:8080",
        ]
        return try start("osm-proxy", arguments, in: folder, clock: clock)
    }

    func end() {
        edge.killHard()
        issuer.killHard()
    }

    func killIssuer() { issuer.killHard() }

    func restartIssuer() async throws {
        issuer = try Self.startIssuer(ca, scratch.path, clock)
        clocked.append(issuer.pid)
        _ = try await RunningTunnel.announced(issuer, Listening.self)
    }

    /// Kills the edge and starts it again; agents find it where it was.
    func restartEdge() async throws {
        edge.killHard()
        edge = try Self.startEdge(ca, scratch.path, clock, tunnel: addresses.tunnel)
        clocked.append(edge.pid)
        addresses = try await RunningTunnel.announced(edge, RunningTunnel.EdgeAddresses.self)
    }

    // MARK: Devices

    /// Makes an invitation, and a file with its token.
    func invite(_ more: String...) async throws -> (token: String, file: String) {
        let arguments = ["invite", "laptop", "--json", "--ca", ca.path] + more
        let program = try Program("ca-tools", arguments, in: scratch.path)
        try #require(try await program.exitCode() == 0, "\(program.errors)")
        let token = try JSONDecoder().decode(Invited.self, from: Data(program.output.utf8)).token
        let file = "\(scratch.path)/token-\(UUID().uuidString.prefix(4))"
        try Data(token.utf8).write(to: URL(filePath: file))
        return (token, file)
    }

    /// Runs `osm-agent enroll` to its end.
    func enrol(_ tokenFile: String, identity: String, _ more: String...) async throws -> Program {
        let server = "https://\(try #require(addresses.enroll))"
        let arguments = ["enroll", "--token-file", tokenFile, "--server", server, "--identity", identity] + more
        let program = try Program("osm-agent", arguments, in: scratch.path)
        _ = try await program.exitCode()
        return program
    }

    /// Makes a device by hand whose certificate was issued some time ago, by a clock that was changed for that.
    func olderDevice(by offset: String) async throws -> String {
        let identity = "\(scratch.path)/laptop"
        let made = try Program("osm-agent", ["identity", "create", "--identity", identity], in: scratch.path)
        try #require(try await made.exitCode() == 0, "\(made.errors)")
        let arguments = [
            "issue", "device", "--ca", ca.path, "--csr", "\(identity)/device.csr", "--out", "\(identity)/device.pem",
        ]
        let issued = try Self.start("ca-tools", arguments, in: scratch.path, clock: offset)
        clocked.append(issued.pid)
        try #require(try await issued.exitCode() == 0, "\(issued.errors)")
        return identity
    }

    /// Starts an agent that serves a name.
    func agent(identity: String, socket: String, target: Int) throws -> Program {
        let arguments = [
            "http", "\(target)", "--name", "demo", "--edge", addresses.tunnel, "--identity", identity, "--socket",
            socket,
            "--inspect", "false", "--probe", "false", "--log-level", "notice",
        ]
        return try Program("osm-agent", arguments, in: scratch.path)
    }

    /// Everything that its processes have said.
    var words: String { issuer.output + issuer.errors + edge.output + edge.errors }

    /// The tunnels as the edge shows them.
    func tunnels() throws -> String { try Shell.run(["curl", "-sS", "http://\(addresses.admin)/tunnels"]).output }
}
