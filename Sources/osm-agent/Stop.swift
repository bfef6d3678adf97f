import Agent
import ArgumentParser
import Telemetry

/// `osm-agent stop`.
struct Stop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Stop endpoints of the running agent, or the agent.",
        discussion: """
            Without a name the agent leaves: it takes no new requests, lets what is under
            way finish, for its grace_period at most (30 seconds unless configured), and ends;
            this command waits a few seconds longer than that. With names, or --all, it stops
            serving those endpoints and goes on; one that stands in a file, or was added,
            stays stopped until it is started again.
            """
    )

    @Argument(help: ArgumentHelp("The endpoints to stop.", valueName: "name"))
    var names: [String] = []

    @Flag(help: "Stop all endpoints; the agent goes on.")
    var all = false

    @OptionGroup var local: LocalSocket

    func validate() throws {
        guard names.isEmpty || !all else { throw ValidationError("name endpoints, or use --all") }
    }

    func run() async throws {
        let agent = try await LocalAgent.running(local.socket)
        guard all || !names.isEmpty else {
            try await agent.stop()
            return StandardStream.error.write("the agent has ended\n")
        }
        let stopped = all ? try await agent.endpoints().filter(\.enabled).map(\.name) : names
        for name in stopped {
            try await agent.setEnabled(false, name)
            StandardStream.error.write("\(name) is served no more\n")
        }
    }
}
