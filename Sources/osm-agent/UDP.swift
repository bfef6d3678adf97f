import Agent
import ArgumentParser

/// `osm-agent udp`.
struct UDP: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve a local UDP service under a public port.",
        discussion: """
            TARGET is a port of this machine, or a loopback address with a port: 53,
            localhost:53, [::1]:53. Each visitor's address reaches the local service from
            a port of its own. A visitor that is silent for a minute is forgotten, and an
            edge sends no more to an address than what came from it has earned.

            Examples:
              osm-agent udp 51820
              osm-agent udp 27015 --port 20015
            """
    )

    @Argument(help: "The local service: a port, or host:port.")
    var target: String

    @OptionGroup var ports: PortOptions
    @OptionGroup(title: "Agent options") var options: AgentOptions

    func validate() throws { try Serving.check(ports.spec("udp", target)) }

    func run() async throws { try await Serving.serve(ports.spec("udp", target), options) }
}
