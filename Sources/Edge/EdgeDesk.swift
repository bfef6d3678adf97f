import AdminHTTP
import NIOCore
import Telemetry

/// The listeners of an edge that are not for visitors: the one for operators, and the one for the programs beside it.
struct EdgeDesk: Sendable {
    let configuration: EdgeConfiguration
    let core: NIOLoopBound<EdgeCore>
    let eventLoop: any EventLoop
    let registry: PrometheusRegistry
    let software: String
    let describe: @Sendable () -> [UInt8]

    /// Serves until it is cancelled.
    ///
    /// - Parameter onBound: Called once, with both addresses, when both are bound.
    /// - Throws: When an address cannot be bound, and when a listener ends by itself.
    func run(onBound: @escaping @Sendable (_ admin: String, _ beside: String?) -> Void) async throws {
        guard let address = configuration.internalAddress else { return try await serveAdmin { onBound($0, nil) } }
        let questions = EdgeInternal(core: core, eventLoop: eventLoop, limits: configuration.ask, factory: registry)
        let server = AdminServer(address, routes: questions.routes, check: EdgeInternal.check)
        let (bound, announce) = AsyncStream.makeStream(of: AdminAddress.self)
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask {
                defer { announce.finish() }
                try await ListenerError.naming(.beside, address.description) {
                    try await server.run { announce.yield($0) }
                }
            }
            // The admin listener comes last, so that whoever hears of it finds the other one there.
            var addresses = bound.makeAsyncIterator()
            guard let beside = await addresses.next() else { return }
            try await serveAdmin { onBound($0, beside.description) }
        }
    }

    private func serveAdmin(_ onBound: @escaping @Sendable (String) -> Void) async throws {
        let address = AdminAddress.tcp(host: configuration.adminAddress.host, port: configuration.adminAddress.port)
        let admin = EdgeAdmin(
            core: core,
            eventLoop: eventLoop,
            registry: registry,
            software: software,
            describe: describe
        )
        try await ListenerError.naming(.admin, address.description) {
            try await AdminServer(address, routes: admin.routes).run { onBound($0.description) }
        }
    }
}
