import Agent
import ArgumentParser
import Telemetry

/// `osm-agent status`.
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what the running agent is doing.",
        discussion: """
            Asks the agent that this user runs. Exit code 0 when visitors can be served: a
            tunnel is up and no endpoint is known to be out of reach. Exit code 1 when not,
            and when no agent runs. That a local service gives no answer is shown with its
            endpoint and does not count: the agent has visitors for it. With --watch it shows every change until Ctrl-C, or
            until the agent ends.
            """
    )

    @Flag(help: "Print JSON; with --watch, one document a line.")
    var json = false

    @Flag(help: "Show every change.")
    var watch = false

    @OptionGroup var local: LocalSocket

    func run() async throws {
        let agent = try await LocalAgent.running(local.socket)
        guard watch else {
            let status = try await agent.status()
            StandardStream.output.write(json ? try JSONText.of(status) : StatusText.of(status))
            guard status.isReady else { throw ExitCode.failure }
            return
        }
        do {
            try await follow(agent)
        } catch let exit as AgentExit {
            // It may end between an event and the question how everything is now.
            if await LocalAgent.isRunning(socket: agent.socket) { throw exit }
        }
        StandardStream.error.write("the agent has ended\n")
        throw ExitCode.failure
    }

    private func follow(_ agent: LocalAgent) async throws {
        var shown: AgentStatus?
        try await agent.events { event in
            switch event {
            case .request: return  // requests are for the terminal view and the inspector
            case .tunnel, .endpoint, .removed, .certificate, .leaving: break
            }
            let status = try await agent.status()
            guard status != shown else { return }
            shown = status
            try show(status)
        }
    }

    private func show(_ status: AgentStatus) throws {
        if json { return StandardStream.output.write(try JSONText.line(status)) }
        let isTerminal = StandardStream.output.isTerminal
        // Home, and clear what is below: the screen shows one state, a file all of them.
        StandardStream.output.write((isTerminal ? "\u{1B}[H\u{1B}[J" : "") + StatusText.of(status))
        if !isTerminal { StandardStream.output.write("\n") }
    }
}
