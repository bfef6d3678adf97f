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
/// Not for visitors: few connections, short limits, whole requests. A caller beyond the connection limit is closed at
/// once, and on a Unix socket so is a caller of another user.
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
        /// For a route to answer; a streamed answer begins within it.
        package var answer = Duration.seconds(30)
        /// Streamed answers at the same time: fewer than `connections`, so that there is room to ask something else.
        package var streams = 48
        /// For the caller of a streamed answer to take some of what waits for it.
        package var stall = TimeAmount.seconds(30)

        /// The limits every process uses.
        package static let standard = Limits()
    }

    private typealias Connection = NIOAsyncChannel<AdminRequest, AdminAnswerPart>

    private let address: AdminAddress
    private let routes: RouteTable
    private let check: AdminCheck
    /// Which user's processes are served on a Unix socket.
    var isWelcome: @Sendable (UInt32) -> Bool = PeerUser.mayAsk
    private let limits: Limits
    private let access: SocketAccess
    private let refuse: AdminRefusal
    private let group: any EventLoopGroup
    private let prepare: @Sendable (any Channel) throws -> Void

    /// A server that listens once it runs; the check defaults to the one that suits the kind of address.
    ///
    /// `access` says who may open a Unix socket, and `refuse` words what no route answers.
    ///
    /// The key of a route is its path. A path may have places: `/things/{name}` is any one segment there, and
    /// `/files/{rest...}` everything below; ``AdminRequest/parameter(_:)`` has what stood there.
    ///
    /// `prepare` puts what HTTP shall run above, such as TLS, on each connection: on its event loop, before anything is
    /// read. When it throws, the connection is closed.
    package init(
        _ address: AdminAddress,
        routes: [String: AdminRoute],
        check: AdminCheck? = nil,
        limits: Limits = .standard,
        access: SocketAccess = .owner,
        refuse: @escaping AdminRefusal = { .text("\($1)\n", status: $0) },
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        prepare: @escaping @Sendable (any Channel) throws -> Void = { _ in }
    ) {
        self.address = address
        self.prepare = prepare
        self.routes = RouteTable(routes)
        self.limits = limits
        self.access = access
        self.refuse = refuse
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
            var file = try await SocketFile.claim(path, access: access, group: group)
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
        try await listener.executeThenClose { connections in
            try publish()
            await onBound(listener.channel.localAddress.map(AdminAddress.init(bound:)) ?? self.address)
            try await accept(connections)
        }
    }

    private func accept(_ connections: NIOAsyncChannelInboundStream<any Channel>) async throws {
        let places = Places(limits.connections)
        let streams = Places(limits.streams)
        try await withThrowingDiscardingTaskGroup { group in
            do {
                for try await connection in connections {
                    let hasPlace = places.take()
                    group.addTask {
                        await converse(on: connection, isServed: hasPlace, streams)
                        if hasPlace { places.giveBack() }
                    }
                }
            } catch is CancellationError {
                return  // told to end; so are the connections, which are children of the same task
            }
        }
    }

    private func listen(on address: SocketAddress) async throws(AdminError) -> NIOAsyncChannel<any Channel, Never> {
        let (limits, prepare, refuse) = (limits, prepare, refuse)
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
                        try Self.setUp(channel, prepare, AdminCodec(limits: limits, refuse: refuse))
                        return channel
                    }
                }
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw AdminError(.addressInUse, cause: error)
        } catch {
            throw AdminError(.cannotListen, cause: error)
        }
    }

    private static func setUp(
        _ channel: any Channel,
        _ prepare: (any Channel) throws -> Void,
        _ codec: AdminCodec
    ) throws {
        do {
            try prepare(channel)
            let pipeline = channel.pipeline.syncOperations
            try pipeline.configureHTTPServerPipeline(withErrorHandling: true)
            try pipeline.addHandler(codec)
        } catch {
            // The listener forgets what cannot be set up, and does not close it.
            channel.close(promise: nil)
            throw error
        }
    }

    private func converse(on channel: any Channel, isServed: Bool, _ streams: Places) async {
        do {
            let connection = try await channel.eventLoop.submit {
                // Of a caller who has gone nothing is left, and what cannot be added any more would keep itself for ever.
                _ = try channel.pipeline.syncOperations.handler(type: AdminCodec.self)
                return try Connection(wrappingChannelSynchronously: channel)
            }.get()
            try await connection.executeThenClose { requests, responses in
                guard isServed, try await isWelcomePeer(channel) else { return }
                try await channel.setOption(.autoRead, value: true).get()
                for try await request in requests {
                    let response = await response(to: request)
                    guard let produce = response.produce else {
                        try await responses.write(.whole(response))
                        continue
                    }
                    guard streams.take() else {
                        try await responses.write(.whole(refuse(503, "too many streams are open")))
                        continue
                    }
                    defer { streams.giveBack() }
                    try await responses.write(.head(response))
                    try await whileThere(channel) { try await produce(AdminBodyWriter(outbound: responses)) }
                    try await responses.write(.end)
                }
            }
        } catch {
            // The caller went away or broke the protocol: that ends its own connection and nothing else.
        }
    }

    private func isWelcomePeer(_ channel: any Channel) async throws -> Bool {
        switch address {
        case .tcp: true
        case .unix:
            switch access {
            case .owner: isWelcome(try await PeerUser.id(of: channel))
            case .group: true  // who could open the file is welcome
            }
        }
    }

    /// Runs `work` and cancels it once the channel has closed.
    private func whileThere(_ channel: any Channel, _ work: @escaping @Sendable () async throws -> Void) async throws {
        let (presence, hasLeft) = AsyncStream.makeStream(of: Void.self)
        channel.closeFuture.whenComplete { _ in hasLeft.finish() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await work() }
            group.addTask {
                for await _ in presence {}
                throw AdminError(.answerCut)
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func response(to request: AdminRequest) async -> AdminResponse {
        if let refusal = check(request) { return refusal }
        guard let (route, parameters) = routes.find(request.path) else { return refuse(404, "nothing here") }
        guard let answer = route.answer(to: request.method) else { return refusal(allowing: route.allowed) }
        var request = request
        request.parameters = parameters
        do {
            let response = try await within(limits.answer) { [request] in await answer(request) }
            guard response.produce == nil || request.method != "HEAD" else {
                return refusal(allowing: "GET")  // a stream has no length to tell beforehand
            }
            return response
        } catch {
            return refuse(503, "no answer in time")
        }
    }

    private func refusal(allowing methods: String) -> AdminResponse {
        var response = refuse(405, "use \(methods)")
        response.fields = [(name: "allow", value: methods)]
        return response
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
