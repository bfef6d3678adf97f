import Foundation
import TestSupport
import Testing

/// What a running agent does for the commands, scripts and apps of its user.
@Suite(.enabled(if: TestPrograms.folder != nil, "needs the programs that ./dev test builds"), .serialized)
struct LocalAgentTests {
    private func command(_ tunnel: RunningTunnel, _ arguments: String...) async throws -> Program {
        let program = try Program(
            "osm-agent",
            arguments + ["--socket", try tunnel.socket()],
            in: tunnel.scratch.path
        )
        _ = try await program.exitCode()
        return program
    }

    private func ask(_ tunnel: RunningTunnel, _ arguments: String...) throws -> (status: Int32, output: String) {
        try Shell.run(["curl", "-sS", "--max-time", "30", "--unix-socket", try tunnel.socket()] + arguments)
    }

    @Test(.timeLimit(.minutes(3)))
    func `status and list tell what is served, and end as the agent is`() async throws {
        let tunnel = try await RunningTunnel()
        let status = try await command(tunnel, "status")
        #expect(try await status.exitCode() == 0)
        #expect(status.output.contains("ready     yes\n"))
        #expect(status.output.contains("endpoint  demo, serving: http://demo.localhost:8080 -> "))
        let list = try await command(tunnel, "list")
        #expect(list.output.split(separator: "\n").last?.hasPrefix("demo  http  serving  command  ") == true)
        tunnel.edge.killHard()
        try await eventually("the agent has noticed") { tunnel.agent.errors.contains("not connected") }
        let lost = try await command(tunnel, "status")
        #expect(try await lost.exitCode() == 1)
        #expect(lost.output.contains("ready     no: "))
        #expect(try ask(tunnel, "-o", "/dev/null", "-w", "%{http_code}", "http://agent/readyz").output == "503")
        tunnel.agent.killHard()
        let gone = try await command(tunnel, "status", "--json")
        #expect(try await gone.exitCode() == 1)
        #expect(gone.errors.contains("No agent answers on "))
    }

    @Test(.timeLimit(.minutes(3)))
    func `what is attached is served until its client is killed`() async throws {
        let tunnel = try await RunningTunnel()
        let body = #"{"name": "second", "hostname": "second", "target": "localhost:\#(tunnel.originPort)"}"#
        let client = try Program(
            "/usr/bin/curl",
            ["-sSN", "--unix-socket", try tunnel.socket(), "-d", body, "http://agent/v1/attach"],
            in: tunnel.scratch.path
        )
        try await tunnel.untilServed("second")
        #expect(client.output.contains(#""event":"endpoint""#))
        client.killHard()
        try await eventually("the edge no longer knows the name") {
            try tunnel.visit("/status/204", host: "second", "-o", "/dev/null", "-w", "%{http_code}").output != "204"
        }
        #expect(try await !command(tunnel, "list").output.contains("second"))
        try await tunnel.untilServed()
    }

    @Test(.timeLimit(.minutes(3)))
    func `what is added is served, stopped and started by name, and gone when it is removed`() async throws {
        let tunnel = try await RunningTunnel()
        let body = #"{"name": "second", "hostname": "second", "target": "localhost:\#(tunnel.originPort)"}"#
        let added = try ask(tunnel, "-d", body, "http://agent/v1/endpoints")
        #expect(added.output.contains(#""state" : "serving""#))
        try await tunnel.untilServed("second")
        let stopped = try await command(tunnel, "stop", "second")
        #expect(try await stopped.exitCode() == 0)
        try await eventually("it is served no more") {
            try tunnel.visit("/status/204", host: "second", "-o", "/dev/null", "-w", "%{http_code}").output != "204"
        }
        _ = try ask(tunnel, "-X", "POST", "http://agent/v1/endpoints/second/start")
        try await tunnel.untilServed("second")
        _ = try ask(tunnel, "-X", "DELETE", "http://agent/v1/endpoints/second")
        let again = try await command(tunnel, "stop", "second")
        #expect(try await again.exitCode() == 1)
        #expect(again.errors.contains("This agent has no endpoint 'second'."))
    }

    @Test(.timeLimit(.minutes(3)))
    func `a name that the edge does not give is refused with the code that a command ends with`() async throws {
        let tunnel = try await RunningTunnel()
        let refused = try ask(
            tunnel,
            "-w",
            "%{http_code}",
            "-d",
            #"{"name": "www", "hostname": "www", "target": "localhost:1"}"#,
            "http://agent/v1/endpoints"
        )
        #expect(refused.output.contains(#""code" : 51"#))
        #expect(refused.output.hasSuffix("409"))
        try await tunnel.untilServed()
    }

    @Test(.timeLimit(.minutes(3)))
    func `another user gets no answer, even where the file would let him in`() async throws {
        guard geteuid() == 0 else { return }  // only the administrator can become another user
        let tunnel = try await RunningTunnel()
        let socket = try tunnel.socket()
        _ = try Shell.script("chmod 755 \"$1\" && chmod 666 \"$2\"", [tunnel.scratch.path, socket])
        let stranger = try Shell.run(
            ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "curl", "-sS", "--max-time", "10"]
                + ["--unix-socket", socket, "http://agent/v1/status"]
        )
        #expect(stranger.status == 52 || stranger.status == 56, "an empty reply, or a reset: \(stranger)")
        #expect(stranger.output.isEmpty)
        #expect(try ask(tunnel, "http://agent/livez").status == 0)
    }

    @Test(.timeLimit(.minutes(3)))
    func `a second command has the running agent serve its endpoint, until it is killed`() async throws {
        let tunnel = try await RunningTunnel()
        func second(_ name: String) throws -> Program {
            try Program(
                "osm-agent",
                ["http", "\(tunnel.originPort)", "--name", name, "--socket", try tunnel.socket()],
                in: tunnel.scratch.path
            )
        }
        let command = try second("second")
        try await tunnel.untilServed("second")
        try await eventually("the command prints the URL") {
            command.output == "http://second.localhost:8080\n"
        }
        let rival = try second("second")
        #expect(try await rival.exitCode() == 1)
        #expect(rival.errors.contains("The endpoint 'second' -> "))
        command.killHard()
        try await eventually("the edge no longer knows the name") {
            try tunnel.visit("/status/204", host: "second", "-o", "/dev/null", "-w", "%{http_code}").output != "204"
        }
        let interrupted = try second("third")
        try await tunnel.untilServed("third")
        interrupted.signal(SIGINT)
        #expect(try await interrupted.exitCode() == 0)
        try await tunnel.untilServed()
    }

    @Test(.timeLimit(.minutes(3)))
    func `commands without a name are served side by side, each under its own`() async throws {
        let tunnel = try await RunningTunnel()
        let targets = ["\(tunnel.originPort)", "localhost:\(tunnel.originPort)"]
        let commands = try targets.map { target in
            try Program("osm-agent", ["http", target, "--socket", try tunnel.socket()], in: tunnel.scratch.path)
        }
        try await eventually("each prints its URL: \(commands.map(\.errors))") {
            commands.allSatisfy { $0.output.hasSuffix(".localhost:8080\n") }
        }
        #expect(Set(commands.map(\.output)).count == 2)
        // Who attaches is told where the requests can be looked at.
        #expect(commands.allSatisfy { $0.errors.contains("inspector   http://127.0.0.1:") })
        for command in commands { command.killHard() }
    }

    @Test(.timeLimit(.minutes(3)))
    func `a service that is not running shows in the status and the log, until it answers`() async throws {
        let tunnel = try await RunningTunnel()
        tunnel.origin.killHard()
        try await eventually("visitors are told so") {
            try tunnel.visit("/status/204", host: "demo", "-o", "/dev/null", "-w", "%{http_code}").output == "502"
        }
        let status = try await command(tunnel, "status")
        #expect(status.output.contains("The local service is not running"))
        #expect(try await command(tunnel, "list").output.contains("  failing  "))
        let asked = try await command(tunnel, "status", "--json")
        #expect(asked.output.contains(#""state" : "failing""#))
        let log = try Program("osm-agent", ["logs", "-f", "--socket", try tunnel.socket()], in: tunnel.scratch.path)
        try await eventually("the agent's log has it") {
            log.output.contains("local service gives no answer") && log.output.contains("endpoint serving")
        }
        log.killHard()
    }

    @Test(.timeLimit(.minutes(3)))
    func `an attached command ends when the agent does`() async throws {
        let tunnel = try await RunningTunnel()
        let command = try Program(
            "osm-agent",
            ["http", "\(tunnel.originPort)", "--name", "second", "--socket", try tunnel.socket()],
            in: tunnel.scratch.path
        )
        try await tunnel.untilServed("second")
        tunnel.agent.killHard()
        #expect(try await command.exitCode() == 1)
        #expect(command.errors.contains("has ended, and everything that it served with it."))
    }

    @Test(.timeLimit(.minutes(3)))
    func `a browser gets events in its own form`() async throws {
        let tunnel = try await RunningTunnel()
        let events = try Program(
            "/usr/bin/curl",
            [
                "-sSN", "-H", "Accept: text/event-stream", "--unix-socket", try tunnel.socket(),
                "http://agent/v1/events",
            ],
            in: tunnel.scratch.path
        )
        try await eventually("a tunnel and an endpoint are told") {
            events.output.components(separatedBy: "}\n\ndata: {").count >= 2
        }
        #expect(events.output.hasPrefix(#"data: {"event":"tunnel","#))
    }

    @Test(.timeLimit(.minutes(3)))
    func `logs show what was and what comes`() async throws {
        let tunnel = try await RunningTunnel()
        let follower = try Program(
            "osm-agent",
            ["logs", "-f", "--socket", try tunnel.socket()],
            in: tunnel.scratch.path
        )
        try await eventually("what was is shown") { follower.output.contains("tunnel open") }
        tunnel.edge.killHard()
        try await eventually("what comes is shown") { follower.output.contains("tunnel lost") }
        tunnel.agent.killHard()
        #expect(try await follower.exitCode() == 0)
    }

    @Test(.timeLimit(.minutes(3)))
    func `stop has the agent leave, and waits until it has`() async throws {
        let tunnel = try await RunningTunnel()
        let visitor = try Program(
            "/usr/bin/curl",
            ["-sS", "-w", "%{http_code}", "-o", "/dev/null", tunnel.url("/slow?ms=2000")],
            in: tunnel.scratch.path
        )
        try await eventually("the request is under way") {
            try tunnel.metrics().contains("osm_edge_streams_active 2\n")
        }
        let socket = try tunnel.socket()
        let stop = try await command(tunnel, "stop")
        #expect(try await stop.exitCode() == 0)
        #expect(try await visitor.exitCode() == 0)
        #expect(visitor.output == "200")
        #expect(try await tunnel.agent.exitCode() == 0)
        #expect(!FileManager.default.fileExists(atPath: socket))
    }
}

extension RunningTunnel {
    /// The socket file of the agent that was started last.
    func socket() throws -> String {
        let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
            .filter { $0.hasPrefix("agent-") && $0.hasSuffix(".sock") }
        return "\(scratch.path)/\(try #require(names.first))"
    }
}
