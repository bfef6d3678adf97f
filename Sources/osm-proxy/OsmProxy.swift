import ArgumentParser

@main
struct OsmProxy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "osm-proxy",
        abstract: "The edge of an osmRouter: takes tunnels from agents and serves visitors through them.",
        discussion: """
            An agent dials the tunnel port with TLS 1.3 and a certificate of the operator; \
            from then on osm-proxy is the HTTP/2 client of that agent and sends it the \
            requests of visitors, by host name. What is served goes on being served \
            without any other server.

            Exit codes: 0 after a clean stop, 1 for a failure, 2 for wrong usage or \
            configuration, 130 and 143 when a second signal (SIGINT, SIGTERM) cut the \
            draining short.
            """,
        version: OsmProxyVersion.text,
        subcommands: [Run.self, Config.self, Health.self, Tunnels.self, Metrics.self],
        defaultSubcommand: Run.self
    )

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            Ending.exit(with: error)
        }
    }
}
