import Agent
import ArgumentParser
import Telemetry

/// `osm-agent inspect`.
struct Inspect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the link to the inspector of the running agent.",
        discussion: """
            The inspector is a page on this machine that shows the requests of visitors as
            they come, and sends any of them again. Whoever has the link may look in: it
            holds a secret that is new with each start of the agent.
            """
    )

    @OptionGroup var local: LocalSocket

    func run() async throws {
        let url = try await LocalAgent.running(local.socket).inspectorURL()
        StandardStream.output.write("\(url)\n")
    }
}
