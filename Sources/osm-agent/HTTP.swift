import Agent
import ArgumentParser

/// `osm-agent http`.
struct HTTP: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "http",
        abstract: "Serve a local HTTP service under a public name until Ctrl-C.",
        discussion: """
            TARGET is a port of this machine, or a loopback address with a port: 3000,
            localhost:3000, [::1]:3000. A service that speaks HTTP/2 without TLS, such as
            a gRPC server, is written http2://localhost:50051. The public URL is printed
            on standard output as soon as the edge has given it; everything else goes to
            standard error. The agent reconnects by itself for as long as that can help;
            when it cannot, it says why and ends with an exit code of its own (osm-agent
            --help lists them).

            Ctrl-C takes no new requests and lets what is under way finish, for 30
            seconds at most; a second one ends at once.

            Examples:
              osm-agent http 3000
              osm-agent http 3000 --name app
              osm-agent http http2://localhost:50051 --name rpc
              osm-agent http localhost:8080 --edge tunnel.example.com:8443
            """
    )

    @Argument(help: "The local service: a port, or host:port on loopback.")
    var target: String

    @Option(help: ArgumentHelp("The name to serve it under: a label or a full host name.", valueName: "name"))
    var name: String?

    @OptionGroup var tunnel: TunnelOptions

    func validate() throws {
        _ = try endpoint()
    }

    func run() async throws { try await tunnel.serve(endpoint()) }

    private func endpoint() throws -> Endpoint { Endpoint(name: name, target: try TunnelOptions.target(target)) }
}
