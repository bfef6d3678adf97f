import AdminHTTP
import CoreMetrics
import FoundationEssentials
package import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
package import Telemetry

/// An edge: takes tunnels from agents, serves visitors through them, and lets operators look.
package struct EdgeService: Service {
    /// Where the listeners are, once they are bound.
    package struct Addresses: Sendable, Codable {
        package let event: String
        package let tunnel: String
        package let visitor: String
        package let admin: String

        /// One line of JSON.
        package var json: String {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            // Strings always encode.
            return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
        }
    }

    private let configuration: EdgeConfiguration
    private let software: String
    private let registry: PrometheusRegistry
    private let logger: Logger
    private let onBound: @Sendable (Addresses) -> Void
    private let contents: EdgeIdentityContents
    private let identity: EdgeIdentityState

    /// Reads the identity files; what is wrong with them is found before any port is bound.
    ///
    /// - Parameters:
    ///   - configuration: What to serve, and where.
    ///   - software: Name and version, as agents see them.
    ///   - registry: Where figures go.
    ///   - logger: Where events go.
    ///   - onBound: Called once when every listener is bound.
    /// - Throws: ``EdgeIdentityError``.
    package init(
        configuration: EdgeConfiguration,
        software: String,
        registry: PrometheusRegistry,
        logger: Logger,
        onBound: @escaping @Sendable (Addresses) -> Void
    ) throws {
        self.configuration = configuration
        self.software = software
        self.registry = registry
        self.logger = logger
        self.onBound = onBound
        contents = try EdgeIdentityContents(configuration.identity)
        identity = try EdgeIdentityState(contents, files: configuration.identity, at: .now)
    }

    package func run() async throws {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let core = try await eventLoop.submit { [self] in
            NIOLoopBound(
                EdgeCore(
                    configuration: configuration,
                    eventLoop: eventLoop,
                    software: software,
                    identity: identity,
                    metrics: EdgeMetrics(factory: registry),
                    logger: logger
                ),
                eventLoop: eventLoop
            )
        }.get()
        let listeners = EdgeListeners(core: core, eventLoop: eventLoop)
        let tunnel = try await listeners.bindTunnels(configuration.tunnelAddress)
        let visitor = try await listeners.bindVisitors(configuration.visitorAddress)
        let watcher = EdgeIdentityWatcher(
            core: core,
            eventLoop: eventLoop,
            files: configuration.identity,
            logger: logger
        )

        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { try await serveAdmin(core, eventLoop, tunnel: tunnel, visitor: visitor) }
            group.addTask { await watcher.run(from: contents, every: configuration.identityCheckInterval) }
            group.addTask {
                await MemoryWatcher(core: core, eventLoop: eventLoop).run(every: configuration.border.memoryInterval)
            }
            try? await gracefulShutdown()
            logger.notice(
                "draining",
                metadata: ["seconds": "\(configuration.drainDeadline.nanoseconds / 1_000_000_000)"]
            )
            try? await tunnel.close()
            try? await visitor.close()
            await drain(core, eventLoop)
            group.cancelAll()
        }
    }

    private func serveAdmin(
        _ core: NIOLoopBound<EdgeCore>,
        _ eventLoop: any EventLoop,
        tunnel: any Channel,
        visitor: any Channel
    ) async throws {
        let address = AdminAddress.tcp(host: configuration.adminAddress.host, port: configuration.adminAddress.port)
        let routes = EdgeAdmin(core: core, eventLoop: eventLoop, registry: registry, software: software).routes
        try await AdminServer(address, routes: routes).run { bound in
            let addresses = Addresses(
                event: "listening",
                tunnel: tunnel.localAddress?.hostAndPort ?? "",
                visitor: visitor.localAddress?.hostAndPort ?? "",
                admin: bound.description
            )
            logger.notice(
                "edge is up",
                metadata: [
                    "tunnel": "\(addresses.tunnel)", "visitor": "\(addresses.visitor)", "admin": "\(addresses.admin)",
                ]
            )
            onBound(addresses)
        }
    }

    /// Lets what is under way finish, for as long as the deadline allows.
    private func drain(_ core: NIOLoopBound<EdgeCore>, _ eventLoop: any EventLoop) async {
        let deadline = configuration.drainDeadline
        let drained = eventLoop.flatSubmit { core.value.drain(within: deadline) }
        try? await drained.get()
        try? await eventLoop.submit { core.value.end() }.get()
    }
}
