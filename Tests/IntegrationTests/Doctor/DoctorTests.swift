import Foundation
import TestSupport
import Testing

/// Ten ways to break a way, and whether the doctor blames what was broken.
@Suite(.enabled(if: TestPrograms.folder != nil, "needs the programs that ./dev test builds"), .serialized)
struct DoctorTests {
    private struct Port: Decodable { let port: Int }

    private static let fakeTime = "/usr/bin/faketime"

    private func start(_ name: String, _ arguments: String..., in folder: String) async throws -> (Program, Int) {
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Programs/\(name).py").path
        let python = try #require(TestPrograms.python)
        let program = try Program(python, ["-B", script] + arguments, in: folder, called: name)
        return (program, try await RunningTunnel.announced(program, Port.self).port)
    }

    /// A port of this machine where nothing listens any more.
    private func closedPort(in folder: String) async throws -> Int {
        let (program, port) = try await start("slow", in: folder)
        program.killHard()
        return port
    }

    // MARK: Nothing is broken

    @Test(.timeLimit(.minutes(3)))
    func `beside a running agent, which keeps its tunnel, only a public name that leads elsewhere is at fault`()
        async throws
    {
        let tunnel = try await RunningTunnel()
        let socket = try #require(try tunnel.socket())
        let status = [try TestPrograms.path("osm-agent"), "status", "--json", "--socket", socket]
        // The port in the public URL is not the one that the edge listens on.
        try await eventually("the agent has asked for its own name") {
            try Shell.run(status).output.contains("\"ok\" : false")
        }
        let report = "\(tunnel.scratch.path)/report.json"
        let visit = try await DoctorVisit.report(
            ["--edge", tunnel.addresses.tunnel, "--identity", tunnel.identity, "--socket", socket, "-w", report],
            in: tunnel.scratch.path
        )
        #expect(visit.culprit?.subject == "demo" && visit.culprit?.hop == "network")
        #expect(visit.findings.dropLast().allSatisfy { $0.verdict == "ok" }, "\(visit.findings)")
        let checks = ["bundle", "clock", "identity", "tcp", "tls", "control", "origin", "agent", "agent"]
        #expect(visit.findings.map(\.check) == checks)
        let mode = try FileManager.default.attributesOfItem(atPath: report)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let opened = try #require(
            try tunnel.metrics().split(separator: "\n").first { $0.hasPrefix("osm_edge_tunnels ") }
        )
        #expect(opened == "osm_edge_tunnels 1")
        #expect(tunnel.agent.isRunning)
        #expect(!tunnel.agent.errors.contains("taken over"))
    }

    // MARK: The way to the edge

    @Test(
        .timeLimit(.minutes(3)),
        .enabled(if: geteuid() == 0, "only root can change the name servers of one process")
    )
    func `a name that cannot be resolved`() async throws {
        let scratch = try TemporaryFolder()
        let (identity, _) = try await RunningTunnel.enrol(in: scratch.path)
        let servers = "\(scratch.path)/resolv.conf"
        try Data("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n".utf8).write(to: URL(filePath: servers))
        let mount = "mount --bind \"$0\" /etc/resolv.conf && exec \"$@\""
        let visit = try await DoctorVisit.report(
            ["--edge", "edge.example.com:8443", "--identity", identity, "--socket", "\(scratch.path)/s"],
            in: scratch.path,
            wrapper: ["unshare", "--mount", "--net", "/bin/sh", "-c", mount, servers]
        )
        #expect(visit.culprit?.check == "dns")
        #expect(visit.culprit?.hop == "network")
    }

    @Test(.timeLimit(.minutes(3)))
    func `an edge that refuses connections`() async throws {
        let scratch = try TemporaryFolder()
        let (identity, _) = try await RunningTunnel.enrol(in: scratch.path)
        let edge = "127.0.0.1:\(try await closedPort(in: scratch.path))"
        let visit = try await DoctorVisit.report(
            ["--edge", edge, "--identity", identity, "--socket", "\(scratch.path)/s"],
            in: scratch.path
        )
        #expect(visit.culprit?.check == "tcp")
        #expect(visit.culprit?.hop == "edge")
        #expect(visit.culprit?.subject == edge)
    }

    @Test(.timeLimit(.minutes(3)))
    func `packets to the edge that are dropped`() async throws {
        let scratch = try TemporaryFolder()
        let (identity, _) = try await RunningTunnel.enrol(in: scratch.path)
        let (deadEnd, port) = try await start("deadend", in: scratch.path)
        let visit = try await DoctorVisit.report(
            ["--edge", "127.0.0.1:\(port)", "--identity", identity, "--socket", "\(scratch.path)/s"],
            in: scratch.path
        )
        #expect(visit.culprit?.check == "tcp")
        #expect(visit.culprit?.hop == "network")
        withExtendedLifetime(deadEnd) {}
    }

    @Test(.timeLimit(.minutes(3)))
    func `an edge of another operator`() async throws {
        let other = try ThrowawayCA(domain: "localhost")
        let scratch = try TemporaryFolder()
        let edge = try Program(
            "osm-proxy",
            [
                "run", "--standalone", "--tunnel-listen", "127.0.0.1:0", "--visitor-listen", "127.0.0.1:0",
                "--admin-listen", "127.0.0.1:0", "--internal-listen", "off", "--certificate",
                try other.edgeChainPath(), "--key", try other.edgeKeyPath(), "--operator-bundle", other.bundlePath,
                "--public-url", "http://*.localhost:8080",
            ],
            in: scratch.path
        )
        let addresses = try await RunningTunnel.announced(edge, RunningTunnel.EdgeAddresses.self)
        let (identity, _) = try await RunningTunnel.enrol(in: scratch.path)
        let visit = try await DoctorVisit.report(
            ["--edge", addresses.tunnel, "--identity", identity, "--socket", "\(scratch.path)/s"],
            in: scratch.path
        )
        #expect(visit.culprit?.check == "tls")
        #expect(visit.culprit?.hop == "edge")
        #expect(visit.culprit?.finding.contains("another operator CA") == true)
    }

    @Test(.timeLimit(.minutes(3)), arguments: [true, false])
    func `a proxy that opens TLS`(isNamed: Bool) async throws {
        let tunnel = try await RunningTunnel()
        let folder = tunnel.scratch.path
        let made = try Shell.run([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=Corp Proxy CA", "-keyout", "\(folder)/corp.key", "-out", "\(folder)/corp.pem",
        ])
        try #require(made.status == 0)
        let (proxy, port) = try await start("inspecting", "\(folder)/corp.pem", "\(folder)/corp.key", in: folder)
        let url = "http://127.0.0.1:\(port)"
        let visit = try await DoctorVisit.report(
            ["--edge", tunnel.addresses.tunnel, "--identity", tunnel.identity, "--socket", "\(folder)/s"]
                + (isNamed ? ["--proxy", url] : []),
            in: folder,
            environment: isNamed ? [] : ["HTTPS_PROXY=\(url)"]
        )
        #expect(visit.culprit?.check == "proxy")
        #expect(visit.culprit?.hop == "proxy")
        #expect(visit.culprit?.finding.contains("issued by 'Corp Proxy CA'") == true)
        withExtendedLifetime(proxy) {}
    }

    @Test(.timeLimit(.minutes(3)))
    func `an edge that is draining`() async throws {
        let tunnel = try await RunningTunnel()
        let socket = try #require(try tunnel.socket())
        let visitor = try Program(
            "/usr/bin/curl",
            ["-sS", "-o", "/dev/null", tunnel.url("/slow?ms=15000")],
            in: tunnel.scratch.path
        )
        try await eventually("the request is under way") {
            try Shell.run(["curl", "-sS", "http://\(tunnel.addresses.admin)/tunnels"]).output.contains("\"streams\":2")
        }
        tunnel.edge.signal(SIGTERM)
        try await eventually("the agent is told to go") { tunnel.agent.errors.contains("shutting down") }
        let visit = try await DoctorVisit.report(
            ["--edge", tunnel.addresses.tunnel, "--identity", tunnel.identity, "--socket", socket],
            in: tunnel.scratch.path
        )
        #expect(visit.culprit?.hop == "edge")
        #expect(visit.culprit?.finding.contains("draining") == true, "\(visit.culprit?.finding ?? "no culprit")")
        #expect(visitor.isRunning)
    }

    // MARK: This machine

    @Test(.timeLimit(.minutes(3)))
    func `a certificate that has expired`() async throws {
        let tunnel = try await RunningTunnel()
        let identity = try await tunnel.enrolEarlier(by: "-8d", clock: Self.fakeTime)
        let visit = try await DoctorVisit.report(
            ["--edge", tunnel.addresses.tunnel, "--identity", identity, "--socket", "\(tunnel.scratch.path)/s"],
            in: tunnel.scratch.path
        )
        #expect(visit.culprit?.check == "identity")
        #expect(visit.culprit?.finding.contains("has expired") == true)
        #expect(visit.findings.first { $0.check == "clock" }?.verdict == "ok")
    }

    @Test(.timeLimit(.minutes(3)))
    func `a clock that is a day behind`() async throws {
        let tunnel = try await RunningTunnel()
        let visit = try await DoctorVisit.report(
            ["--edge", tunnel.addresses.tunnel, "--identity", tunnel.identity, "--socket", "\(tunnel.scratch.path)/s"],
            in: tunnel.scratch.path,
            environment: ["FAKETIME_DONT_FAKE_MONOTONIC=1"],
            wrapper: [Self.fakeTime, "-f", "-1d"]
        )
        #expect(visit.culprit?.check == "clock")
        #expect(visit.culprit?.finding.contains("behind") == true)
    }

    @Test(.timeLimit(.minutes(3)))
    func `a clock that is a day ahead of a certificate that is still good`() async throws {
        let tunnel = try await RunningTunnel()
        let identity = try await tunnel.enrolEarlier(by: "-156h", clock: Self.fakeTime)
        let visit = try await DoctorVisit.report(
            ["--edge", tunnel.addresses.tunnel, "--identity", identity, "--socket", "\(tunnel.scratch.path)/s"],
            in: tunnel.scratch.path,
            environment: ["FAKETIME_DONT_FAKE_MONOTONIC=1"],
            wrapper: [Self.fakeTime, "-f", "+1d"]
        )
        #expect(visit.culprit?.check == "clock")
        #expect(visit.culprit?.finding.contains("ahead") == true)
    }

    // MARK: Local services

    @Test(.timeLimit(.minutes(3)))
    func `a service that does not run`() async throws {
        let tunnel = try await RunningTunnel()
        let port = try await closedPort(in: tunnel.scratch.path)
        let visit = try await DoctorVisit.report(
            [
                "\(port)", "--edge", tunnel.addresses.tunnel, "--identity", tunnel.identity, "--socket",
                "\(tunnel.scratch.path)/s",
            ],
            in: tunnel.scratch.path
        )
        #expect(visit.culprit?.check == "origin")
        #expect(visit.culprit?.finding.contains("not running") == true)
    }

    @Test(.timeLimit(.minutes(3)))
    func `a service that is slow`() async throws {
        let tunnel = try await RunningTunnel()
        let (service, port) = try await start("slow", in: tunnel.scratch.path)
        let visit = try await DoctorVisit.report(
            [
                "\(port)", "--edge", tunnel.addresses.tunnel, "--identity", tunnel.identity, "--socket",
                "\(tunnel.scratch.path)/s",
            ],
            in: tunnel.scratch.path
        )
        #expect(visit.culprit?.check == "origin")
        #expect(visit.culprit?.finding.contains("slow") == true)
        withExtendedLifetime(service) {}
    }
}

extension RunningTunnel {
    /// The socket of the agent that was started last.
    fileprivate func socket() throws -> String? {
        let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
        return names.first { $0.hasSuffix(".sock") }.map { "\(scratch.path)/\($0)" }
    }

    /// Makes a device whose certificate was issued some time ago, by a clock that was changed for that.
    fileprivate func enrolEarlier(by offset: String, clock: String) async throws -> String {
        let identity = "\(scratch.path)/earlier"
        let made = try Program("osm-agent", ["identity", "create", "--identity", identity], in: scratch.path)
        try #require(try await made.exitCode() == 0, "\(made.errors)")
        let issued = try Program(
            clock,
            [
                "-f", offset, try TestPrograms.path("ca-tools"), "issue", "device", "--ca",
                try TestPrograms.caFolder(), "--csr", "\(identity)/device.csr", "--id",
                UUID().uuidString.lowercased(), "--out", "\(identity)/device.pem",
            ],
            in: scratch.path
        )
        try #require(try await issued.exitCode() == 0, "\(issued.errors)")
        return identity
    }
}
