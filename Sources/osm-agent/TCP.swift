import Agent
import ArgumentParser
import ProxyProtocol

/// `osm-agent tcp`.
struct TCP: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve a local TCP service under a public port.",
        discussion: """
            TARGET is a port of this machine, or a loopback address with a port: 22,
            localhost:22, [::1]:22. The public address is printed on standard output as
            soon as the edge has given a port; its operator decides which ports there are.
            With --proxy-protocol the local service is told who each visitor is, and must
            expect to be.

            Examples:
              osm-agent tcp 22
              osm-agent tcp 22 --port 20022 --proxy-protocol v2
            """
    )

    @Argument(help: "The local service: a port, or host:port on loopback.")
    var target: String

    @Option(help: "The public port to serve it under; by default one of the edge's choice.")
    var port: UInt16?

    @Option(
        help: ArgumentHelp(
            "Tell the local service who the visitor is, in a header before each connection.",
            valueName: "v1|v2"
        )
    )
    var proxyProtocol: ProxyHeader.Version?

    @OptionGroup var tunnel: TunnelOptions

    func validate() throws {
        _ = try endpoint()
    }

    func run() async throws { try await tunnel.serve(endpoint()) }

    private func endpoint() throws -> Endpoint {
        let target = try TunnelOptions.target(target)
        return .tcp(target, port: try TunnelOptions.publicPort(port), proxyHeader: proxyProtocol)
    }
}

extension ProxyHeader.Version: ExpressibleByArgument {}
