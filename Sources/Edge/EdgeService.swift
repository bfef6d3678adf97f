import CoreMetrics
import FoundationEssentials
package import Logging
import Metrics
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
        /// nil when nothing listens there.
        package let `internal`: String?
        /// nil when no device is enrolled here.
        package let enroll: String?

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
    private let describe: @Sendable () -> [UInt8]
    private let onBound: @Sendable (Addresses) -> Void
    private let contents: EdgeIdentityContents
    private let identity: EdgeIdentityState
    private let accessLog: AccessLog?
    private let renewals: RenewalDesk?
    private let changes: AsyncStream<EdgeConfiguration>
    private let announceChange: AsyncStream<EdgeConfiguration>.Continuation

    /// Reads the identity files; what is wrong with them is found before any port is bound.
    ///
    /// - Parameters:
    ///   - configuration: What to serve, and where.
    ///   - software: Name and version, as agents see them.
    ///   - registry: Where figures go.
    ///   - logger: Where events go.
    ///   - describe: The configuration as JSON, without secrets, for operators; asked for whenever one looks.
    ///   - onBound: Called once when every listener is bound.
    /// - Throws: ``EdgeIdentityError``, and `LineFileError` for the access log.
    package init(
        configuration: EdgeConfiguration,
        software: String,
        registry: PrometheusRegistry,
        logger: Logger,
        describe: @escaping @Sendable () -> [UInt8] = { Array("{}".utf8) },
        onBound: @escaping @Sendable (Addresses) -> Void
    ) throws {
        self.configuration = configuration
        self.software = software
        self.registry = registry
        self.logger = logger
        self.describe = describe
        self.onBound = onBound
        contents = try EdgeIdentityContents(configuration.identity)
        identity = try EdgeIdentityState(contents, files: configuration.identity, at: .now)
        accessLog = try AccessLog.open(
            configuration.accessLog,
            dropped: Counter(label: "osm_edge_access_log_dropped_total", factory: registry),
            logger: logger
        )
        renewals = configuration.issuer.map { address in
            let issuer = Issuer(address: address, logger: logger, deadline: configuration.enrolment.issuerDeadline)
            return RenewalDesk(issuer, factory: registry)
        }
        // Of several configurations that wait, only the newest one matters.
        (changes, announceChange) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Puts what may change while the edge runs to use, looks at the identity files, and opens the access log again.
    package func reload(_ configuration: EdgeConfiguration) { announceChange.yield(configuration) }

    package func run() async throws {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let core = try await makeCore(on: eventLoop)
        var listening: [any Channel] = []
        var failure: (any Error)?
        do {
            let listeners = EdgeListeners(core: core, eventLoop: eventLoop)
            let tunnel = try await ListenerError.naming(.tunnel, configuration.tunnelAddress.description) {
                try await listeners.bindTunnels(configuration.tunnelAddress)
            }
            listening.append(tunnel)
            let visitor = try await ListenerError.naming(.visitor, configuration.visitorAddress.description) {
                try await listeners.bindVisitors(configuration.visitorAddress)
            }
            listening.append(visitor)
            try await serve(tunnel, visitor, core, eventLoop)
        } catch {
            failure = error
        }
        // Who cancels the service, rather than shut it down, leaves this to it.
        await close(listening)
        try? await eventLoop.submit { core.value.end() }.get()
        await accessLog?.close()
        if let failure { throw failure }
    }

    /// Serves until it has drained.
    private func serve(
        _ tunnel: any Channel,
        _ visitor: any Channel,
        _ core: NIOLoopBound<EdgeCore>,
        _ eventLoop: any EventLoop
    ) async throws {
        let watcher = EdgeIdentityWatcher(
            core: core,
            eventLoop: eventLoop,
            files: configuration.identity,
            contents: contents,
            state: identity,
            logger: logger
        )
        let desk = EdgeDesk(
            configuration: configuration,
            core: core,
            eventLoop: eventLoop,
            registry: registry,
            software: software,
            logger: logger,
            describe: describe
        )
        try await withThrowingTaskGroup { group in
            // The first to end is the drain, or what failed; the others have no end of their own.
            defer { group.cancelAll() }
            group.addTask {
                try await desk.run { bound in
                    announce(
                        Addresses(
                            event: "listening",
                            tunnel: tunnel.localAddress?.hostAndPort ?? "",
                            visitor: visitor.localAddress?.hostAndPort ?? "",
                            admin: bound[.admin] ?? "",
                            internal: bound[.beside],
                            enroll: bound[.enrolment]
                        )
                    )
                }
            }
            if let renewals { group.addTask { await renewals.run() } }
            group.addTask { await watcher.run(every: configuration.identityCheckInterval) }
            group.addTask { await adoptChanges(core, eventLoop, watcher) }
            group.addTask {
                await MemoryWatcher(core: core, eventLoop: eventLoop).run(every: configuration.border.memoryInterval)
            }
            group.addTask {
                try await gracefulShutdown()
                await stop([tunnel, visitor], core, eventLoop)
            }
            try await group.next()
        }
    }

    /// A listener that is closed already takes nobody either.
    private func close(_ listeners: [any Channel]) async {
        for listener in listeners { try? await listener.close() }
    }

    /// Takes nobody new, and lets what is under way finish.
    private func stop(
        _ listeners: [any Channel],
        _ core: NIOLoopBound<EdgeCore>,
        _ eventLoop: any EventLoop
    ) async {
        let seconds = configuration.drainDeadline.nanoseconds / 1_000_000_000
        logger.notice("draining", metadata: ["seconds": "\(seconds)"])
        await close(listeners)
        await drain(core, eventLoop)
    }

    private func makeCore(on eventLoop: any EventLoop) async throws -> NIOLoopBound<EdgeCore> {
        try await eventLoop.submit { [self] in
            let core = EdgeCore(
                configuration: configuration,
                eventLoop: eventLoop,
                software: software,
                identity: identity,
                metrics: EdgeMetrics(factory: registry),
                logger: logger,
                accessLog: accessLog,
                renewals: renewals
            )
            core.metrics.isRunning(software)
            return NIOLoopBound(core, eventLoop: eventLoop)
        }.get()
    }

    private func adoptChanges(
        _ core: NIOLoopBound<EdgeCore>,
        _ eventLoop: any EventLoop,
        _ watcher: EdgeIdentityWatcher
    ) async {
        for await next in changes {
            accessLog?.reopen()
            do {
                try await eventLoop.submit { core.value.adopt(next) }.get()
            } catch {
                return  // the loop is gone
            }
            await watcher.look()
        }
    }

    private func announce(_ addresses: Addresses) {
        logger.notice(
            "edge is up",
            metadata: [
                "tunnel": "\(addresses.tunnel)", "visitor": "\(addresses.visitor)", "admin": "\(addresses.admin)",
                "internal": "\(addresses.internal ?? "off")", "enroll": "\(addresses.enroll ?? "off")",
            ]
        )
        onBound(addresses)
        accessLog?.begin()
    }

    /// Lets what is under way finish, for as long as the deadline allows.
    private func drain(_ core: NIOLoopBound<EdgeCore>, _ eventLoop: any EventLoop) async {
        let deadline = configuration.drainDeadline
        let drained = eventLoop.flatSubmit { core.value.drain(within: deadline) }
        try? await drained.get()
        try? await eventLoop.submit { core.value.end() }.get()
    }
}
