package import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A small HTTP/1.1 server for the operator of a process: health, metrics, status.
///
/// Not for visitors: whole requests and responses only, few connections, short limits. A caller beyond the connection
/// limit is closed at once.
///
/// ## Concurrency
/// A value; `run` owns the listening socket and one child task a connection, and all of them end when it is cancelled.
package struct AdminServer: Sendable {
    /// The bounds of one endpoint.
    package struct Limits: Sendable {
        /// Connections at the same time.
        package var connections = 64
        /// Bytes of a request body.
        package var bodyBytes = 64 * 1024
        /// From the first byte of a connection, or of a request on it, to the last byte of that request.
        package var request = TimeAmount.seconds(10)
        /// Between a response and the next request.
        package var idle = TimeAmount.seconds(30)
        /// For a route to answer.
        package var answer = Duration.seconds(30)

        /// The limits every process uses.
        package static let standard = Limits()
    }

    private typealias Connection = NIOAsyncChannel<AdminRequest, AdminResponse>

    private let address: AdminAddress
    private let routes: [String: AdminRoute]
    private let check: AdminCheck
    private let limits: Limits
    private let group: any EventLoopGroup

    /// A server that listens once it runs; the check defaults to the one that suits the kind of address.
    package init(
        _ address: AdminAddress,
        routes: [String: AdminRoute],
        check: AdminCheck? = nil,
        limits: Limits = .standard,
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) {
        self.address = address
        self.routes = routes
        self.limits = limits
        self.group = group
        switch address {
        case .tcp: self.check = check ?? AdminChecks.literalHost
        case .unix: self.check = check ?? AdminChecks.none
        }
    }

    /// Serves until the task is cancelled; calls `onBound` once, with the real port, before the first connection.
    ///
    /// - Throws: ``AdminError`` when it cannot listen. Nothing that a caller sends makes it throw.
    package func run(onBound: @Sendable (AdminAddress) async -> Void = { _ in }) async throws {
        switch address {
        case .tcp:
            try await serve(on: address.socketAddress(), onBound)
        case .unix(let path):
            let file = try await SocketFile.claim(path, group: group)
            defer { file.remove() }
            try await serve(on: AdminAddress.unix(path: file.bindingPath).socketAddress()) { _ in
                await onBound(address)
            } publish: {
                try file.publish()
            }
        }
    }

    private func serve(
        on address: SocketAddress,
        _ onBound: @Sendable (AdminAddress) async -> Void,
        publish: () throws -> Void = {}
    ) async throws {
        let listener = try await listen(on: address)
        let places = Places(limits.connections)
        try await listener.executeThenClose { connections in
            try publish()
            await onBound(listener.channel.localAddress.map(AdminAddress.init(bound:)) ?? self.address)
            try await accept(connections, places)
        }
    }

    private func accept(_ connections: NIOAsyncChannelInboundStream<any Channel>, _ places: Places) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            do {
                for try await connection in connections {
                    let hasPlace = places.take()
                    group.addTask {
                        await converse(on: connection, isServed: hasPlace)
                        if hasPlace { places.giveBack() }
                    }
                }
            } catch is CancellationError {
                return  // told to end; so are the connections, which are children of the same task
            }
        }
    }

    private func listen(on address: SocketAddress) async throws(AdminError) -> NIOAsyncChannel<any Channel, Never> {
        let limits = limits
        do {
            return try await ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 64)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                // Nothing is read before a task serves the connection. One that is never served, because the server
                // ended first, is a plain channel that its own deadline closes.
                .childChannelOption(.autoRead, value: false)
                .serverChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(AcceptGate())
                    }
                }
                .bind(to: address) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        try pipeline.configureHTTPServerPipeline(withErrorHandling: true)
                        try pipeline.addHandler(AdminCodec(limits: limits))
                        return channel
                    }
                }
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw AdminError(.addressInUse, cause: error)
        } catch {
            throw AdminError(.cannotListen, cause: error)
        }
    }

    private func converse(on channel: any Channel, isServed: Bool) async {
        do {
            let connection = try await channel.eventLoop.submit {
                try Connection(wrappingChannelSynchronously: channel)
            }.get()
            try await connection.executeThenClose { requests, responses in
                guard isServed else { return }
                try await channel.setOption(.autoRead, value: true).get()
                for try await request in requests {
                    try await responses.write(await response(to: request))
                }
            }
        } catch {
            // The caller went away or broke the protocol: that ends its own connection and nothing else.
        }
    }

    private func response(to request: AdminRequest) async -> AdminResponse {
        if let refusal = check(request) { return refusal }
        guard let route = routes[request.path] else { return .text("nothing here\n", status: 404) }
        guard let answer = route.answer(to: request.method) else {
            var response = AdminResponse.text("use \(route.allowed)\n", status: 405)
            response.fields = [(name: "allow", value: route.allowed)]
            return response
        }
        do {
            return try await within(limits.answer) { await answer(request) }
        } catch {
            return .text("no answer in time\n", status: 503)
        }
    }
}

/// Counts who is inside, up to a limit.
private final class Places: Sendable {
    private let free: Mutex<Int>

    init(_ count: Int) { free = Mutex(count) }

    func take() -> Bool {
        free.withLock { free in
            guard free > 0 else { return false }
            free -= 1
            return true
        }
    }

    func giveBack() { free.withLock { $0 += 1 } }
}
