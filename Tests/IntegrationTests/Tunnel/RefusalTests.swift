import Foundation
import TestSupport
import Testing

/// Who is kept out, and what each side says about it.
@Suite(.enabled(if: TestPrograms.folder != nil, "needs the programs that ./dev test builds"), .serialized)
struct RefusalTests {
    @Test(arguments: [
        ("osm-agent-none", 20, "No operator CA is baked into this agent"), ("osm-agent-expired", 21, "expired on"),
        ("osm-agent-sample", 22, "is a sample"),
    ])
    func `an agent without a usable operator CA refuses to dial`(program: String, code: Int32, words: String)
        async throws
    {
        let scratch = try TemporaryFolder()
        for arguments in [["http", "3000", "--identity", scratch.path], ["trust"]] {
            let agent = try Program(program, arguments, in: scratch.path)
            #expect(try await agent.exitCode() == code)
            #expect(agent.errors.contains(words))
        }
    }

    @Test func `an agent shows what is baked in, and refuses to dial without an identity`() async throws {
        let scratch = try TemporaryFolder()
        let trust = try Program("osm-agent", ["trust", "--json"], in: scratch.path)
        #expect(try await trust.exitCode() == 0)
        #expect(trust.output.contains("\"domain\" : \"localhost\""))
        let agent = try Program("osm-agent", ["http", "3000", "--identity", scratch.path], in: scratch.path)
        #expect(try await agent.exitCode() == 24)
        #expect(agent.errors.contains("osm-agent identity create"))
    }

    @Test(arguments: ["10.0.0.1:80", "169.254.169.254:80", "example.com:80", "0", "99999", "127.0.0.1"])
    func `an agent serves loopback and nothing else`(target: String) async throws {
        let scratch = try TemporaryFolder()
        let agent = try Program("osm-agent", ["http", target, "--identity", scratch.path], in: scratch.path)
        #expect(try await agent.exitCode() == 2)
        #expect(agent.errors.contains("TARGET"))
    }

    @Test(arguments: [["run"], ["run", "--standalone", "--nonsense"], ["bogus"]])
    func `an edge says 2 for wrong usage`(arguments: [String]) async throws {
        let scratch = try TemporaryFolder()
        let edge = try Program("osm-proxy", arguments, in: scratch.path)
        #expect(try await edge.exitCode() == 2)
        #expect(edge.errors.contains("Usage:"))
    }

    @Test func `an edge names the file that it cannot use`() async throws {
        let scratch = try TemporaryFolder()
        let missing = "\(scratch.path)/edge.pem"
        let edge = try Program(
            "osm-proxy",
            [
                "run", "--standalone", "--certificate", missing, "--key", missing, "--operator-bundle", missing,
                "--public-url", "https://*.tunnel.example.com",
            ],
            in: scratch.path
        )
        #expect(try await edge.exitCode() == 2)
        #expect(edge.errors.contains("\(missing): there is no such file"))
    }

    @Test(.timeLimit(.minutes(3)))
    func `an edge of another operator is refused by name`() async throws {
        let other = try ThrowawayCA(domain: "localhost")
        let scratch = try TemporaryFolder()
        let edge = try Program(
            "osm-proxy",
            [
                "run", "--standalone", "--tunnel-listen", "127.0.0.1:0", "--visitor-listen", "127.0.0.1:0",
                "--admin-listen", "127.0.0.1:0", "--internal-listen", "off",
                "--certificate", try other.edgeChainPath(), "--key",
                try other.edgeKeyPath(), "--operator-bundle", other.bundlePath, "--public-url",
                "http://*.localhost:8080",
            ],
            in: scratch.path
        )
        let addresses = try await RunningTunnel.announced(edge, RunningTunnel.EdgeAddresses.self)
        let (identity, _) = try await RunningTunnel.enrol(in: scratch.path)
        let agent = try Program(
            "osm-agent",
            ["http", "3000", "--edge", addresses.tunnel, "--identity", identity, "--socket", "\(scratch.path)/a.sock"],
            in: scratch.path
        )
        #expect(try await agent.exitCode() == 30)
        #expect(agent.errors.contains("was not issued by this operator: it was issued by 'osmRouter"))
    }

    @Test(.timeLimit(.minutes(3)))
    func `an edge with another name is refused`() async throws {
        let tunnel = try await RunningTunnel()
        let agent = try Program(
            "osm-agent",
            [
                "http", "3000", "--edge", tunnel.addresses.tunnel, "--edge-name", "other.localhost", "--identity",
                tunnel.identity, "--socket", "\(tunnel.scratch.path)/b.sock",
            ],
            in: tunnel.scratch.path
        )
        #expect(try await agent.exitCode() == 31)
    }

    @Test(.timeLimit(.minutes(3)))
    func `a revoked device loses its tunnel within seconds and learns why`() async throws {
        let list = "\(try TestPrograms.caFolder())/crl/devices.crl"
        let tunnel = try await RunningTunnel(edgeArguments: ["--device-crl", list])
        let revoked = try Program(
            "ca-tools",
            [
                "revoke", "--ca", try TestPrograms.caFolder(), "--device", tunnel.deviceID, "--reason",
                "key-compromise",
            ],
            in: tunnel.scratch.path
        )
        try #require(try await revoked.exitCode() == 0, "\(revoked.errors)")
        try await eventually("the tunnel is cut", within: .seconds(5)) { !tunnel.agent.isRunning }
        #expect(try await tunnel.agent.exitCode() == 44)
        #expect(tunnel.agent.errors.contains("it has been revoked"))
        try tunnel.restartAgent()
        #expect(try await tunnel.agent.exitCode() == 44)
        #expect(try tunnel.metrics().contains("osm_edge_handshakes_refused_total{reason=\"revoked\"}"))
    }

    @Test(.timeLimit(.minutes(3)))
    func `strangers are refused in the handshake, each with a label of its own`() async throws {
        let tunnel = try await RunningTunnel()
        let otherOperator = try ThrowawayCA(domain: "localhost")
        let other = try otherOperator.issueDevice()
        let ca = try TestPrograms.caFolder()
        let edgeLeaf = ["-cert", "\(ca)/edges/localhost/edge.pem", "-key", "\(ca)/edges/localhost/edge.key"]
        let edgeIssuer = ["-cert_chain", "\(ca)/edge-ca/edge-ca.pem"]
        let deviceIssuer = ["-cert_chain", "\(ca)/device-ca/device-ca.pem"]
        try shake(tunnel, [])
        try shake(tunnel, ["-tls1_2"])
        try shake(tunnel, ["-cert", other.chainPath, "-key", other.keyPath, "-cert_chain", other.chainPath])
        try shake(tunnel, edgeLeaf + edgeIssuer)
        let device = ["-cert", "\(tunnel.identity)/device.pem", "-key", "\(tunnel.identity)/device.key"]
        try shake(tunnel, device + deviceIssuer, protocols: "h2")
        for reason in ["no_certificate", "tls_version", "unknown_issuer", "wrong_purpose", "alpn"] {
            try await eventually("\(reason) is counted: \(try tunnel.metrics())") {
                try tunnel.metrics().contains("osm_edge_handshakes_refused_total{reason=\"\(reason)\"} 1")
            }
            #expect(tunnel.edge.errors.contains("\"reason\":\"\(reason)\""))
        }
        withExtendedLifetime(otherOperator) {}
    }

    /// Shakes hands with the tunnel port as somebody who has only openssl.
    private func shake(_ tunnel: RunningTunnel, _ arguments: [String], protocols: String = "rh2") throws {
        let words = [
            "timeout", "5", "openssl", "s_client", "-connect", tunnel.addresses.tunnel, "-alpn", protocols, "-quiet",
        ]
        _ = try Shell.script("sleep 1 | \"$@\"", words + arguments)
    }

    @Test(.timeLimit(.minutes(3)))
    func `a name that another device holds is refused for good`() async throws {
        let tunnel = try await RunningTunnel()
        let (identity, _) = try await RunningTunnel.enrol(in: tunnel.scratch.path)
        let agent = try Program(
            "osm-agent",
            [
                "http", "3000", "--edge", tunnel.addresses.tunnel, "--name", "demo", "--identity", identity, "--socket",
                "\(tunnel.scratch.path)/c.sock",
            ],
            in: tunnel.scratch.path
        )
        #expect(try await agent.exitCode() == 50)
        #expect(agent.errors.contains("belongs to another device"))
    }

    @Test(.timeLimit(.minutes(3)))
    func `a name that waits for its device goes to the next agent that asks, without another start`() async throws {
        let tunnel = try await RunningTunnel(edgeArguments: ["--deadlines-lease", "10s"])
        let (identity, _) = try await RunningTunnel.enrol(in: tunnel.scratch.path)
        tunnel.agent.killHard()
        try await eventually("the edge knows: \(tunnel.edge.errors)") { tunnel.edge.errors.contains("tunnel closed") }
        let agent = try Program(
            "osm-agent",
            [
                "http", "\(tunnel.originPort)", "--edge", tunnel.addresses.tunnel, "--name", "demo", "--identity",
                identity,
                "--socket", "\(tunnel.scratch.path)/n.sock",
            ],
            in: tunnel.scratch.path
        )
        try await eventually("it waits: \(agent.errors)") { agent.errors.contains("is not served yet") }
        #expect(tunnel.edge.errors.contains("name_leased"))
        // What is left of the lease, and not the half minute of other refusals.
        try await eventually("the name is served", within: .seconds(20)) {
            try tunnel.visit("/status/204", "-o", "/dev/null", "-w", "%{http_code}").output == "204"
        }
        #expect(agent.isRunning)
    }
}
