import Agent
import ArgumentParser
import NIOCore
import Telemetry

/// `osm-agent logs`.
struct Logs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the last lines of the running agent's log.",
        discussion: """
            The agent keeps its last 2000 lines in memory, from level info on, whatever it
            writes to its own standard error. With -f it shows those that come as well,
            until Ctrl-C, or until the agent ends.
            """
    )

    @Flag(name: [.short, .long], help: "Show the lines that come, too.")
    var follow = false

    @Flag(help: "Print each line as the JSON object that it is.")
    var json = false

    @OptionGroup var local: LocalSocket

    func run() async throws {
        try await LocalAgent.running(local.socket).logs(follow: follow) { line in
            StandardStream.output.write(json ? String(buffer: line) + "\n" : LogLineText.of(line))
        }
    }
}
