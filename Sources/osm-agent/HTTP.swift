import Agent
import ArgumentParser

/// `osm-agent http`.
struct HTTP: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "http",
        abstract: "Serve a local HTTP service under a public name until Ctrl-C.",
        discussion: """
            TARGET is what is served: a port of this machine or a loopback address with a
            port (3000, localhost:3000, [::1]:3000); a service that speaks TLS
            (https://localhost:8443) or HTTP/2 without it, such as a gRPC server
            (http2://localhost:50051); a Unix socket (unix:/run/app.sock); or a folder of
            files (./site), which has to be there. The public URL is printed on standard output as soon as the
            edge has given it; everything else goes to standard error. The agent reconnects
            by itself for as long as that can help; when it cannot, it says why and ends
            with an exit code of its own (osm-agent --help lists them).

            When an agent of this user runs already, that one serves the endpoint for as
            long as this command runs. Without --name the edge chooses a name, always the
            same for this device; a further endpoint without one gets a name next to it.

            Ctrl-C takes no new requests and lets what is under way finish, for 30
            seconds at most; a second one ends at once.

            Examples:
              osm-agent http 3000
              osm-agent http 3000 --name app
              osm-agent http ./site --basic-auth-file passwords
              osm-agent http http2://localhost:50051 --name rpc
              osm-agent http https://localhost:8443 --upstream-ca ca.pem --host-header rewrite
            """
    )

    @Argument(help: "The local service: a port, host:port, a URL, a Unix socket or a folder.")
    var target: String

    @Option(
        name: [.long, .customLong("domain")],
        help: ArgumentHelp("The name to serve it under: a label or a full host name.", valueName: "name")
    )
    var name: String?

    @Option(help: ArgumentHelp("What list and stop call it; by default the name, or the target.", valueName: "label"))
    var label: String?

    @OptionGroup(title: "Service options") var origin: OriginOptionGroup
    @OptionGroup(title: "Visitor options") var rules: VisitorRuleOptions
    @OptionGroup(title: "Agent options") var options: AgentOptions

    func validate() throws { try Serving.check(spec) }

    func run() async throws { try await Serving.serve(spec, options) }

    private var spec: EndpointSpec {
        let target = FilePaths.here.resolvedTarget(target)
        var spec = EndpointSpec(name: label ?? name ?? EndpointLabel.of(target), kind: "http", target: target)
        spec.hostname = name
        origin.describe(&spec)
        rules.describe(&spec)
        return spec
    }
}
