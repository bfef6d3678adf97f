import Agent
import Foundation
import Logging
import NIOCore
import Telemetry
import TestSupport
import Trust

@testable import Edge

/// Runs an edge in this process, on loopback, for as long as a test needs it.
enum EngineHarness {
    /// An edge that runs, and its figures.
    struct RunningEdge: Sendable {
        let addresses: EdgeService.Addresses
        let registry: PrometheusRegistry
        fileprivate let service: EdgeService
        fileprivate let configuration: EdgeConfiguration

        /// Does what SIGHUP does, with the configuration that the edge began with but for a change.
        func reload(_ change: (inout EdgeConfiguration) -> Void = { _ in }) {
            var changed = configuration
            change(&changed)
            service.reload(changed)
        }

        /// How often a handshake was refused for that reason.
        func refusals(_ reason: String) -> String? {
            figure("osm_edge_handshakes_refused_total{reason=\"\(reason)\"}")
        }

        /// The present value of a metric, by its name and labels.
        func figure(_ name: String) -> String? {
            let line = "\(name) "
            return registry.render().split(separator: "\n").first { $0.hasPrefix(line) }.map {
                String($0.dropFirst(line.count))
            }
        }
    }

    /// Runs an edge of an operator who is there for this test alone.
    static func withEdge(
        _ configure: (inout EdgeConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (RunningEdge) async throws -> Void
    ) async throws {
        let ca = try ThrowawayCA()
        let edge = try ca.edge()
        try await withEdge(of: ca, certificate: edge.chainPath, key: edge.keyPath, configured: configure, body)
    }

    static func withEdge<Result: Sendable>(
        of ca: ThrowawayCA,
        certificate: String,
        key: String,
        configured configure: (inout EdgeConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (RunningEdge) async throws -> Result
    ) async throws -> Result {
        let anywhere = ListenAddress(host: "127.0.0.1", port: 0)
        guard let publicURL = PublicURL("http://*.localhost:8080") else { throw CancellationError() }
        var configuration = EdgeConfiguration(
            tunnelAddress: anywhere,
            visitorAddress: anywhere,
            adminAddress: anywhere,
            publicURL: publicURL,
            identity: EdgeIdentityFiles(
                certificate: certificate,
                key: key,
                operatorBundle: ca.bundlePath,
                deviceRevocations: ca.deviceListPath
            )
        )
        // Tests ask for names that nobody serves as soon as it runs.
        configuration.returnDeadline = .zero
        configure(&configuration)
        let settled = configuration
        let registry = PrometheusRegistry()
        let (bound, announce) = AsyncStream.makeStream(of: EdgeService.Addresses.self)
        let logger = Logger(label: "edge") { _ in SwiftLogNoOpLogHandler() }
        let edge = try EdgeService(
            configuration: configuration,
            software: "osm-proxy/test",
            registry: registry,
            logger: logger
        ) { announce.yield($0) }
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                try await edge.run()
                return nil
            }
            group.addTask {
                for await addresses in bound {
                    return try await body(
                        RunningEdge(addresses: addresses, registry: registry, service: edge, configuration: settled)
                    )
                }
                return nil
            }
            defer { group.cancelAll() }
            while let result = try await group.next() { if let result { return result } }
            throw CancellationError()
        }
    }

    /// Runs an agent against an edge until it stops for good, and says why.
    static func agentExit(
        at edge: RunningEdge,
        serverName: String,
        trusting bundle: String,
        as device: ThrowawayCA.Device
    ) async throws -> AgentExit? {
        do {
            try await agent(at: edge, serverName: serverName, trusting: bundle, as: device).run()
            return nil
        } catch let exit as AgentExit {
            return exit
        }
    }

    /// An agent for one name.
    static func agent(
        at edge: RunningEdge,
        serverName: String,
        trusting bundle: String,
        as device: ThrowawayCA.Device,
        named name: String = "app"
    ) throws -> AgentService {
        let credentials = try DeviceCredentials(keyPEM: device.keyPEM, chainPEM: device.chainPEM)
        return try agent(at: edge, serverName: serverName, trusting: bundle, credentials: credentials, named: name)
    }

    /// An agent for one name, with whatever identity.
    static func agent(
        at edge: RunningEdge,
        serverName: String,
        trusting bundle: String,
        credentials: DeviceCredentials,
        named name: String = "app"
    ) throws -> AgentService {
        let bytes = Array(try Data(contentsOf: URL(filePath: bundle)))
        guard let address = EdgeAddress(edge.addresses.tunnel) else { throw CancellationError() }
        return try AgentService(
            configuration: AgentConfiguration(
                edges: [EdgeTarget(address: address, serverName: serverName)],
                anchors: try OperatorBundle.decode(bytes).anchors(at: .now),
                credentials: credentials,
                endpoints: [try Endpoint(name: name, target: try OriginTarget("3000"))],
                software: "osm-agent/test"
            ),
            pid: 1,
            logger: Logger(label: "agent") { _ in SwiftLogNoOpLogHandler() }
        )
    }
}
