import Agent
import ArgumentParser
import ProxyProtocol

/// What TCP and UDP endpoints have in common.
struct PortOptions: ParsableArguments {
    @Option(help: "The public port to serve it under; by default one of the edge's choice.")
    var port: UInt16?

    @Option(help: ArgumentHelp("What list and stop call it; by default the kind and the target.", valueName: "label"))
    var label: String?

    @Flag(help: "Let the target be a name, or an address of a private network (RFC 1918, RFC 4193).")
    var allowPrivate = false

    @OptionGroup var access: AccessOptions

    /// The description of an endpoint of that kind.
    func spec(_ kind: String, _ target: String) throws -> EndpointSpec {
        guard port != 0 else { throw ValidationError("--port: 0 is no port; leave it out to let the edge choose") }
        let target = FilePaths.here.resolvedTarget(target)
        let name = label ?? "\(kind)-\(EndpointLabel.of(target))"
        var spec = EndpointSpec(name: name, kind: kind, target: target)
        spec.port = port.map { Int($0) }
        spec.allowPrivate = allowPrivate
        access.describe(&spec)
        return spec
    }
}

/// `osm-agent tcp`.
struct TCP: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve a local TCP service under a public port.",
        discussion: """
            TARGET is a port of this machine, a loopback address with a port, or a Unix
            socket: 22, localhost:22, [::1]:22, unix:/run/db.sock. The public address is
            printed on standard output as soon as the edge has given a port; its operator
            decides which ports there are. With --proxy-protocol the local service is told
            who each visitor is, and must expect to be.

            Examples:
              osm-agent tcp 22
              osm-agent tcp 22 --port 20022 --proxy-protocol v2
              osm-agent tcp 5432 --allow-cidr 198.51.100.0/24
            """
    )

    @Argument(help: "The local service: a port, host:port or a Unix socket.")
    var target: String

    @Option(
        help: ArgumentHelp(
            "Tell the local service who the visitor is, in a header before each connection.",
            valueName: "v1|v2"
        )
    )
    var proxyProtocol: ProxyHeader.Version?

    @OptionGroup var ports: PortOptions
    @OptionGroup(title: "Agent options") var options: AgentOptions

    func validate() throws { try Serving.check(spec()) }

    func run() async throws { try await Serving.serve(spec(), options) }

    private func spec() throws -> EndpointSpec {
        var spec = try ports.spec("tcp", target)
        spec.proxyProtocol = proxyProtocol?.rawValue
        return spec
    }
}

extension ProxyHeader.Version: ExpressibleByArgument {}
