import AdminHTTP
import Agent
import ArgumentParser
import FoundationEssentials
import Logging
import ServiceLifecycle
import UnixSignals
import Telemetry
import Trust
import TunnelProtocol

/// What every command that serves something has in common: the edge, the identity, and how to run.
struct TunnelOptions: ParsableArguments {
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

    /// Holds a tunnel that serves the endpoint, until it is told to stop.
    func serve(_ endpoint: Endpoint) async throws {
        let logs = logging.start()
        let bundle = try OperatorTrust.bundle()
        let anchors = try OperatorTrust.anchors(of: bundle)
        var configuration = AgentConfiguration(
            edges: [EdgeTarget(address: try edgeAddress(bundle), serverName: try serverName(bundle))],
            anchors: anchors,
            credentials: try identity.folder.credentials(),
            endpoints: [endpoint],
            software: AgentVersion.text
        )
        configuration.edgeRevocations = bundle.edgeRevocations.map { [$0] } ?? []
        let agent = try AgentService(
            configuration: configuration,
            pid: ProcessInfo.processInfo.processIdentifier,
            logger: Logger(label: "osm-agent")
        )
        let narrator = NarratorService(showsRequests: StandardStream.error.isTerminal)
        let events = agent.state.subscribe()
        async let told: Void = narrator.run(events)
        try await run(agent, logs)
        await told
    }

    private func run(_ agent: AgentService, _ logs: LogRing) async throws {
        let logger = Logger(label: "osm-agent")
        let api = LocalAPI(
            address: .unix(path: try local.prepared()),
            state: agent.state,
            desk: EndpointDesk(state: agent.state, logger: logger, serve: agent.replace(endpoints:)),
            logs: logs,
            logger: logger
        )
        // They are told to end from the last to the first: the agent leaves while it still says what it does.
        let services: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(service: api, failureTerminationBehavior: .gracefullyShutdownGroup),
            .init(
                service: agent,
                successTerminationBehavior: .gracefullyShutdownGroup,
                failureTerminationBehavior: .gracefullyShutdownGroup
            ),
        ]
        try await Lifecycle(services: services, grace: TunnelConstants.drainTime).run()
    }

    /// Reads the local service of a command.
    static func target(_ text: String) throws -> OriginTarget {
        do throws(OriginTargetError) {
            return try OriginTarget(text)
        } catch {
            throw ValidationError("TARGET: \(error)")
        }
    }

    /// Checks the public port of a command.
    static func publicPort(_ port: UInt16?) throws -> Int? {
        guard port != 0 else { throw ValidationError("--port: 0 is no port; leave it out to let the edge choose") }
        return port.map { Int($0) }
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
