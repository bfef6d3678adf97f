import AdminHTTP
import Agent
import ArgumentParser
import FoundationEssentials
import Logging
import ServiceLifecycle
import UnixSignals
import Telemetry
import Trust

/// `osm-agent http`.
struct HTTP: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "http",
        abstract: "Serve a local HTTP service under a public name until Ctrl-C.",
        discussion: """
            TARGET is a port of this machine, or a loopback address with a port: 3000, localhost:3000, [::1]:3000. A
            service that speaks HTTP/2 without TLS, such as a gRPC server, is written http2://localhost:50051.
            The public URL is printed on standard output as soon as the edge has given it; everything else goes to
            standard error. The agent reconnects by itself for as long as that can help; when it cannot, it says why and
            ends with an exit code of its own (osm-agent --help lists them).

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

    @Option(
        help: ArgumentHelp("The edge to dial; by default the first in the baked-in bundle.", valueName: "host:port")
    )
    var edge: String?

    @Option(
        help: ArgumentHelp(
            "The name that the edge's certificate must carry; by default the edge's host name, or the operator's domain.",
            valueName: "name"
        )
    )
    var edgeName: String?

    @OptionGroup var identity: Identity.Folder
    @OptionGroup var local: LocalSocket
    @OptionGroup var logging: LoggingOptions

    func validate() throws {
        _ = try endpoint()
    }

    func run() async throws {
        logging.start()
        let bundle = try OperatorTrust.bundle()
        let anchors = try OperatorTrust.anchors(of: bundle)
        var configuration = AgentConfiguration(
            edge: try edgeAddress(bundle),
            serverName: try serverName(bundle),
            anchors: anchors,
            credentials: try identity.folder.credentials(),
            endpoints: [try endpoint()],
            software: AgentVersion.text
        )
        configuration.edgeRevocations = bundle.edgeRevocations.map { [$0] } ?? []
        let agent = try AgentService(
            configuration: configuration,
            pid: ProcessInfo.processInfo.processIdentifier,
            logger: Logger(label: "osm-agent"),
            observe: Narrator(showsRequests: StandardStream.error.isTerminal).tell
        )
        try await run(agent)
    }

    private func run(_ agent: AgentService) async throws {
        let logger = Logger(label: "osm-agent")
        let status = StatusService(address: .unix(path: try local.prepared()), state: agent.state, logger: logger)
        var configuration = ServiceGroupConfiguration(
            services: [
                .init(service: status, failureTerminationBehavior: .gracefullyShutdownGroup),
                .init(
                    service: agent,
                    successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .gracefullyShutdownGroup
                ),
            ],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() }
        )
        configuration.maximumGracefulShutdownDuration = .seconds(5)
        try await ServiceGroup(configuration: configuration).run()
    }

    private func endpoint() throws -> Endpoint {
        do throws(OriginTargetError) {
            return Endpoint(name: name, target: try OriginTarget(target))
        } catch {
            throw ValidationError("TARGET: \(error)")
        }
    }

    private func edgeAddress(_ bundle: OperatorBundle) throws -> EdgeAddress {
        let text = edge ?? bundle.edges.first ?? bundle.domain
        guard let address = EdgeAddress(text) else {
            throw ValidationError("--edge: '\(text)' is not host or host:port, such as tunnel.example.com:8443")
        }
        return address
    }

    /// An address has no name of its own, so the certificate must then carry the operator's domain.
    private func serverName(_ bundle: OperatorBundle) throws -> String {
        if let edgeName { return edgeName }
        let host = try edgeAddress(bundle).host
        let isAddress = host.contains(":") || host.allSatisfy { $0.isNumber || $0 == "." } || host == "localhost"
        return isAddress ? bundle.domain : host
    }
}
