import AdminHTTP
import Logging
import NIOCore
import Telemetry

/// The listeners of an edge that speak plain requests and answers: for operators, for the programs beside it, and for
/// devices that have no certificate yet.
struct EdgeDesk: Sendable {
    let configuration: EdgeConfiguration
    let core: NIOLoopBound<EdgeCore>
    let eventLoop: any EventLoop
    let registry: PrometheusRegistry
    let software: String
    let logger: Logger
    let describe: @Sendable () -> [UInt8]

    /// Where each of its listeners is.
    typealias Bound = [ListenerError.Listener: String]

    private struct Window: Sendable {
        let listener: ListenerError.Listener
        let address: String
        let server: AdminServer

        /// Serves until it is cancelled.
        func run(onBound: @escaping @Sendable (String) -> Void) async throws {
            try await ListenerError.naming(listener, address) { try await server.run { onBound($0.description) } }
        }
    }

    /// Serves until it is cancelled.
    ///
    /// - Parameter onBound: Called once, when all are bound.
    /// - Throws: When an address cannot be bound, and when a listener ends by itself.
    func run(onBound: @escaping @Sendable (Bound) -> Void) async throws {
        let others = [beside, try await enrolment()].compactMap(\.self)
        let (news, announce) = AsyncStream.makeStream(of: (ListenerError.Listener, String).self)
        try await withThrowingDiscardingTaskGroup { group in
            for window in others {
                group.addTask {
                    // Whoever waits for the others need not wait for this one.
                    defer { announce.finish() }
                    try await window.run { announce.yield((window.listener, $0)) }
                }
            }
            // The admin listener comes last, so that whoever hears of it finds the others there.
            var bound: Bound = [:]
            var addresses = news.makeAsyncIterator()
            while bound.count < others.count {
                guard let (listener, address) = await addresses.next() else { return }
                bound[listener] = address
            }
            let found = bound
            try await admin.run { address in onBound(found.merging([.admin: address]) { $1 }) }
        }
    }

    private var admin: Window {
        let address = AdminAddress(configuration.adminAddress)
        let desk = EdgeAdmin(
            core: core,
            eventLoop: eventLoop,
            registry: registry,
            software: software,
            describe: describe
        )
        return Window(
            listener: .admin,
            address: address.description,
            server: AdminServer(address, routes: desk.routes)
        )
    }

    private var beside: Window? {
        guard let address = configuration.internalAddress else { return nil }
        let questions = EdgeInternal(core: core, eventLoop: eventLoop, limits: configuration.ask, factory: registry)
        return Window(
            listener: .beside,
            address: address.description,
            server: AdminServer(address, routes: questions.routes, check: EdgeInternal.check)
        )
    }

    private func enrolment() async throws -> Window? {
        guard let listen = configuration.enrolment.address, let issuer = configuration.issuer else { return nil }
        let settings = configuration.enrolment
        let desk = EnrolmentDesk(
            settings,
            issuer: Issuer(address: issuer, logger: logger, deadline: settings.issuerDeadline),
            factory: registry,
            logger: logger
        )
        let (core, eventLoop) = (core, eventLoop)
        let door = try await eventLoop.submit {
            NIOLoopBound(EnrolmentDoor(core: core.value), eventLoop: eventLoop)
        }.get()
        let address = AdminAddress(listen)
        return Window(
            listener: .enrolment,
            address: address.description,
            server: AdminServer(
                address,
                routes: desk.routes,
                check: EnrolmentDesk.check,
                limits: EnrolmentDesk.limits(settings),
                refuse: EnrolmentDesk.refuse,
                // The loop of the core, where the edge's certificate is.
                group: eventLoop
            ) { channel in
                try door.value.accept(channel)
            }
        )
    }
}

extension AdminAddress {
    fileprivate init(_ address: ListenAddress) { self = .tcp(host: address.host, port: address.port) }
}
