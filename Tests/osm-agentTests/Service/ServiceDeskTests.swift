import Agent
import Foundation
import Synchronization
import Testing

@testable import osm_agent

/// A machine that exists on paper: it keeps files and writes down what it is told to run.
private final class PaperMachine: Sendable {
    struct Content {
        var files: [String: String] = [:]
        var commands: [String] = []
        var said: [String] = []
        /// By the beginning of a command, what it answers.
        var answers: [String: HostCommand.Outcome] = [:]
        var isAnswering = true
    }
    let content = Mutex(Content())

    func machine(user: UInt32 = 0) -> ServiceMachine {
        ServiceMachine(
            environment: ["HOME": "/home/ada"],
            user: user,
            run: { command in
                self.content.withLock { content in
                    content.commands.append(command.text)
                    return content.answers.first { command.text.hasPrefix($0.key) }?.value
                        ?? HostCommand.Outcome(ending: .exited(0))
                }
            },
            read: { path in self.content.withLock { $0.files[path] } },
            mode: { _ in 0o600 },
            write: { path, text, mode in self.content.withLock { $0.files[path] = text } },
            remove: { path in self.content.withLock { _ = $0.files.removeValue(forKey: path) } },
            isAnswering: { _ in self.content.withLock { $0.isAnswering } },
            say: { text in self.content.withLock { $0.said.append(text) } }
        )
    }

    func answer(_ command: String, _ output: String, ending: HostCommand.Outcome.Ending = .exited(0)) {
        content.withLock { $0.answers[command] = HostCommand.Outcome(ending: ending, output: output, errors: output) }
    }

    /// What was run that changes something, since this was asked last.
    func changes() -> [String] {
        content.withLock { content in
            defer { content.commands = [] }
            return content.commands.filter { !$0.contains(" show ") && !$0.hasPrefix("journalctl") }
        }
    }

    var files: [String] { content.withLock { $0.files.keys.sorted() } }
    var said: String { content.withLock { $0.said.joined(separator: "\n") } }
}

@Suite(.timeLimit(.minutes(1)))
struct ServiceDeskTests {
    private let paper = PaperMachine()
    private static let running = """
        LoadState=loaded
        ActiveState=active
        SubState=running
        UnitFileState=enabled
        ActiveEnterTimestamp=Sat 2026-11-21 21:30:53 UTC
        InactiveEnterTimestamp=
        MainPID=4711
        NRestarts=2
        StatusText=2 of 2 tunnels up; serving web
        Result=success

        """

    private func desk(_ scope: ServiceInstance.Scope, name: String? = nil) throws -> ServiceDesk {
        let machine = paper.machine(user: scope == .system ? 0 : 1000)
        let instance = try ServiceInstance(scope: scope, name: name)
        return ServiceDesk(keeper: SystemdKeeper(instance, on: machine, version: 252), machine: machine)
    }

    @Test func `a service of the machine gets a user, a unit and a start, once`() async throws {
        let desk = try desk(.system)
        paper.answer("systemctl show", Self.running)
        let plan = try ServiceFixture.plan(.system) {
            $0.privateConfiguration = ["/etc/osm-agent", "/etc/osm-agent/c"]
        }
        let status = try await desk.install(plan)
        #expect(status.isRunning)
        let expected = [
            "systemd-sysusers /etc/sysusers.d/osm-agent.conf",
            "chgrp osm-agent /etc/osm-agent /etc/osm-agent/c", "chmod g+rX /etc/osm-agent /etc/osm-agent/c",
            "systemctl daemon-reload",
            "systemctl enable --now osm-agent.service",
        ]
        #expect(paper.changes() == expected)
        #expect(paper.files == ["/etc/systemd/system/osm-agent.service", "/etc/sysusers.d/osm-agent.conf"])
        _ = try await desk.install(try ServiceFixture.plan(.system))
        #expect(paper.said.contains("installed already"))
        await #expect(throws: AgentExit.self) {
            try await desk.install(try ServiceFixture.plan(.system) { $0.grace = .seconds(60) })
        }
    }

    @Test func `a configuration that all may read stays as it is`() async throws {
        paper.answer("systemctl show", Self.running)
        _ = try await desk(.system).install(try ServiceFixture.plan(.system))
        #expect(!paper.changes().contains { $0.hasPrefix("chgrp") || $0.hasPrefix("chmod") })
    }

    @Test func `a service of a user needs no other user, and is told of lingering`() async throws {
        paper.answer("systemctl --user show", Self.running)
        paper.answer("loginctl show-user 1000", "no\n")
        _ = try await desk(.user, name: "work").install(try ServiceFixture.plan(.user, name: "work"))
        let expected = [
            "systemctl --user daemon-reload", "systemctl --user enable --now osm-agent-work.service",
            "loginctl show-user 1000 --property=Linger --value",
        ]
        #expect(paper.changes() == expected)
        #expect(paper.files == ["/home/ada/.config/systemd/user/osm-agent-work.service"])
        #expect(paper.said.contains("loginctl enable-linger"))
    }

    @Test func `a service that does not come up shows the end of its log`() async throws {
        paper.answer("systemctl enable", "Job for osm-agent.service failed.", ending: .exited(1))
        paper.answer("journalctl", "this device has been revoked\n")
        let exit = await #expect(throws: AgentExit.self) {
            try await desk(.system).install(try ServiceFixture.plan(.system))
        }
        #expect(exit?.code == 1)
        #expect(paper.said.contains("Job for osm-agent.service failed."))
        #expect(paper.said.contains("this device has been revoked"))
    }

    @Test func `what failed at once is not waited for`() async throws {
        paper.answer("systemctl show", "LoadState=loaded\nActiveState=failed\nResult=exit-code\n")
        let exit = await #expect(throws: AgentExit.self) {
            try await desk(.system).install(try ServiceFixture.plan(.system))
        }
        #expect(exit?.problem == "The service osm-agent does not answer: it is failed.")
    }

    @Test func `removing it leaves configuration and identity, and says where they are`() async throws {
        let desk = try desk(.system)
        paper.answer("systemctl show", Self.running)
        _ = try await desk.install(try ServiceFixture.plan(.system) { $0.configuration = "/srv/agent.yaml" })
        _ = paper.changes()
        try await desk.uninstall()
        let expected = [
            "systemctl disable --now osm-agent.service", "systemctl daemon-reload",
            "systemctl reset-failed osm-agent.service",
        ]
        #expect(paper.changes() == expected)
        #expect(paper.files == ["/etc/sysusers.d/osm-agent.conf"])
        #expect(paper.said.contains("/srv/agent.yaml"))
        #expect(paper.said.contains("/var/lib/osm-agent"))
        let exit = await #expect(throws: AgentExit.self) { try await desk.uninstall() }
        #expect(exit?.nextStep == "Make it one with: osm-agent service install")
    }

    @Test func `the status has the words of systemd and of the journal`() async throws {
        paper.answer("systemctl show", Self.running)
        paper.answer(
            "journalctl --quiet",
            #"{"__REALTIME_TIMESTAMP":"1795296653999999","EXIT_CODE":"killed","EXIT_STATUS":"9","UNIT":"osm-agent.service"}"#
        )
        let status = try await desk(.system).status()
        #expect(status.state == .running)
        #expect(status.since == "2026-11-21T21:30:53Z")
        #expect(status.pid == 4711)
        #expect(status.restarts == 2)
        #expect(status.enabled)
        #expect(status.says == "2 of 2 tunnels up; serving web")
        #expect(status.lastExit == ServiceStatus.Exit(at: "2026-11-21T21:30:53Z", code: nil, signal: "KILL"))
        #expect(status.logs == "journalctl -u osm-agent")
    }

    @Test(arguments: [
        ("not-found", "inactive", "dead", ServiceStatus.State.absent), ("loaded", "inactive", "dead", .stopped),
        ("loaded", "activating", "start", .starting), ("loaded", "activating", "auto-restart", .restarting),
        ("loaded", "activating", "auto-restart-queued", .restarting),
        ("loaded", "deactivating", "stop-sigterm", .stopping),
        ("loaded", "failed", "failed", .failed), ("loaded", "reloading", "reload", .reloading),
        ("loaded", "maintenance", "x", .unknown),
    ])
    func `each state of a unit has a word`(
        load: String,
        active: String,
        sub: String,
        expected: ServiceStatus.State
    ) async throws {
        paper.answer("systemctl show", "LoadState=\(load)\nActiveState=\(active)\nSubState=\(sub)\n")
        #expect(try await desk(.system).status().state == expected)
    }

    @Test func `a system that does not answer leaves the state open`() async throws {
        paper.answer("systemctl show", "Failed to connect to bus", ending: .exited(1))
        #expect(try await desk(.system).status().state == .absent)
        paper.content.withLock { $0.files["/etc/systemd/system/osm-agent.service"] = "[Unit]\n" }
        #expect(try await desk(.system).status().state == .unknown)
    }
}
