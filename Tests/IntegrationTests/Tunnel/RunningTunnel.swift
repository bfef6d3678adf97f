import Foundation
import TestSupport
import Testing

/// An edge, an agent and an origin as processes, under the operator CA that is baked into the built agent.
final class RunningTunnel {
    let scratch: TemporaryFolder
    let identity: String
    let deviceID: String
    private(set) var origin: Program
    private(set) var edge: Program
    private(set) var agent: Program
    private(set) var addresses: EdgeAddresses
    let originPort: Int
    private let target: String
    private let extraEdgeArguments: [String]
    private let ca: String?

    struct EdgeAddresses: Decodable {
        let tunnel: String
        let visitor: String
        let admin: String
        let `internal`: String?
        let enroll: String?

        var visitorPort: Int { Int(visitor.split(separator: ":").last ?? "") ?? 0 }
    }

    /// Starts all three and waits until the name is served, or else only until the agent has been given it.
    ///
    /// The agent dials the edge at the address that `entrance` names.
    init(
        name: String = "demo",
        agentProgram: String = "osm-agent",
        edgeArguments: [String] = [],
        ca: String? = nil,
        waits: Bool = true,
        ulimit: String? = nil,
        serving service: LocalService = .sample,
        entrance: (EdgeAddresses) throws -> String = { $0.tunnel }
    ) async throws {
        scratch = try TemporaryFolder()
        // Its tests ask for names that nobody serves as soon as it runs.
        extraEdgeArguments = edgeArguments + ["--deadlines-return", "0s"]
        self.ca = ca
        origin = try service.start(in: scratch.path)
        originPort = try await Self.announced(origin, OriginAddress.self).port
        target = service.target(originPort)
        (identity, deviceID) = try await Self.enrol(in: scratch.path, ca: ca)
        edge = try Self.startEdge(
            in: scratch.path,
            tunnel: "127.0.0.1:0",
            visitor: "127.0.0.1:0",
            extraEdgeArguments,
            ca: ca,
            ulimit: ulimit
        )
        addresses = try await Self.announced(edge, EdgeAddresses.self)
        agent = try Self.startAgent(agentProgram, name, target, entrance(addresses), identity, scratch.path)
        try await service.isSample && waits ? untilServed(name) : untilRegistered()
    }

    struct OriginAddress: Decodable { let port: Int }

    /// What a program prints in its first line once it listens.
    static func announced<Line: Decodable>(_ program: Program, _ type: Line.Type) async throws -> Line {
        try await eventually("a program says where it listens: \(program.errors)") { program.output.contains("}\n") }
        return try JSONDecoder().decode(type, from: Data(program.output.prefix { $0 != "\n" }.utf8))
    }

    /// Makes a device whose certificate the tests' CA has issued.
    static func enrol(in folder: String, ca: String? = nil) async throws -> (identity: String, id: String) {
        let identity = "\(folder)/identity-\(UUID().uuidString.prefix(4))"
        let id = UUID().uuidString.lowercased()
        let made = try Program("osm-agent", ["identity", "create", "--identity", identity], in: folder)
        try #require(try await made.exitCode() == 0, "\(made.errors)")
        let issued = try Program(
            "ca-tools",
            [
                "issue", "device", "--ca", try ca ?? TestPrograms.caFolder(), "--csr", "\(identity)/device.csr", "--id",
                id,
                "--out", "\(identity)/device.pem",
            ],
            in: folder
        )
        try #require(try await issued.exitCode() == 0, "\(issued.errors)")
        return (identity, id)
    }

    static func startEdge(
        in folder: String,
        tunnel: String,
        visitor: String,
        _ more: [String] = [],
        ca: String? = nil,
        ulimit: String? = nil,
        publicPort: Int = 8080
    ) throws -> Program {
        let ca = try ca ?? TestPrograms.caFolder()
        let files = "\(ca)/edges/localhost"
        let arguments =
            [
                "run", "--standalone", "--tunnel-listen", tunnel, "--visitor-listen", visitor, "--admin-listen",
                "127.0.0.1:0", "--internal-listen", "127.0.0.1:0",
                "--certificate", "\(files)/edge.pem", "--key", "\(files)/edge.key", "--operator-bundle",
                "\(ca)/bundle/operator-ca.json", "--public-url",
                "http://*.localhost:\(publicPort)",
            ] + more
        guard let ulimit else { return try Program("osm-proxy", arguments, in: folder) }
        return try Program(
            "/bin/sh",
            ["-c", "ulimit \(ulimit) && exec \"$0\" \"$@\"", try TestPrograms.path("osm-proxy")] + arguments,
            in: folder
        )
    }

    static func startAgent(
        _ program: String,
        _ name: String,
        _ target: String,
        _ edge: String,
        _ identity: String,
        _ folder: String
    ) throws -> Program {
        let socket = "\(folder)/agent-\(UUID().uuidString.prefix(4)).sock"
        return try Program(
            program,
            [
                "http", target, "--edge", edge, "--name", name, "--identity", identity, "--socket",
                socket, "--inspect-address", "127.0.0.1:0",
            ],
            in: folder
        )
    }

    // MARK: Changes

    /// Starts the agent again, as a supervisor would.
    func restartAgent(name: String = "demo") throws {
        agent = try Self.startAgent("osm-agent", name, target, addresses.tunnel, identity, scratch.path)
    }

    /// Starts a second agent with the same identity.
    func secondAgent(name: String = "demo") throws -> Program {
        try Self.startAgent("osm-agent", name, target, addresses.tunnel, identity, scratch.path)
    }

    /// Starts the edge again on the ports that it had.
    func restartEdge() async throws {
        edge = try Self.startEdge(
            in: scratch.path,
            tunnel: addresses.tunnel,
            visitor: addresses.visitor,
            extraEdgeArguments,
            ca: ca
        )
        addresses = try await Self.announced(edge, EdgeAddresses.self)
    }

    // MARK: Visits

    /// Waits until a request for the name reaches the origin.
    func untilServed(_ name: String = "demo") async throws {
        try await eventually("\(name) is served: \(agent.errors) \(edge.errors)", within: .seconds(40)) {
            try visit("/status/204", host: name, "-o", "/dev/null", "-w", "%{http_code}").output == "204"
        }
    }

    /// Waits until the edge has given the agent its URL, whatever the origin would say.
    private func untilRegistered() async throws {
        try await eventually("the name is given: \(agent.errors) \(edge.errors)", within: .seconds(40)) {
            agent.output.contains("://")
        }
    }

    func url(_ path: String, host: String = "demo") -> String {
        "http://\(host).localhost:\(addresses.visitorPort)\(path)"
    }

    /// Asks for a path as a visitor, with curl.
    func visit(_ path: String, host: String = "demo", _ arguments: String...) throws -> (status: Int32, output: String)
    {
        try Shell.run(["curl", "-sS", "--max-time", "60"] + arguments + [url(path, host: host)])
    }

    /// The serial number of the certificate that the edge shows to agents.
    func certificateSerial() throws -> String {
        let shown = """
            openssl s_client -connect "$1" -alpn rh2 -cert "$2/device.pem" -key "$2/device.key" </dev/null 2>/dev/null |
                openssl x509 -noout -serial
            """
        return try Shell.script(shown, [addresses.tunnel, identity]).output
    }

    /// The edge's figures.
    func metrics() throws -> String { try Shell.run(["curl", "-sS", "http://\(addresses.admin)/metrics"]).output }
}

/// Commands whose output is small and whose end is awaited.
enum Shell {
    static func run(_ words: [String]) throws -> (status: Int32, output: String) {
        try script("exec \"$@\"", words)
    }

    /// Runs a line of shell with arguments in `$@`.
    static func script(_ line: String, _ arguments: [String] = []) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", line, "sh"] + arguments
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/output"
        try Data().write(to: URL(filePath: path))
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: path))
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        let output = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return (process.terminationStatus, output)
    }
}
