import AdminHTTP
import NIOCore
import NIOPosix

/// Binds the two listeners of an edge to its event loop.
struct EdgeListeners {
    let core: NIOLoopBound<EdgeCore>
    let eventLoop: any EventLoop

    /// What a connection gets when it is accepted.
    private struct Accepted {
        let receives: AdaptiveRecvByteBufferAllocator
        let sends: ChannelOptions.Types.WriteBufferWaterMark
        /// Reads of the socket before what they brought is told and flushed; nil for as many as NIO finds right.
        var readsATurn: UInt?

        func apply(to channel: any Channel) throws {
            let options = channel.syncOptions
            try options?.setOption(.recvAllocator, value: receives)
            try options?.setOption(.writeBufferWaterMark, value: sends)
            if let readsATurn { try options?.setOption(.maxMessagesPerRead, value: readsATurn) }
        }
    }

    func bindTunnels(_ address: ListenAddress) async throws -> any Channel {
        let accepted = Accepted(
            receives: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 8192, maximum: 64 * 1024),
            sends: .init(low: 128 * 1024, high: 256 * 1024),
            // What a turn brings is shared by many visitors, and each of them is woken for its part.
            readsATurn: 8
        )
        return try await bootstrap(accepted) { core in
            core.overload.tunnelGate()
        } accept: { core in
            TunnelListener(core: core).accept
        }
        .bind(host: address.host, port: address.port).get()
    }

    func bindVisitors(_ address: ListenAddress) async throws -> any Channel {
        // A connection keeps its last read's buffer while it rests: most requests fit into this much.
        let accepted = Accepted(
            receives: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 1024, maximum: 256 * 1024),
            sends: .init(low: 32 * 1024, high: 128 * 1024)
        )
        let listener = bootstrap(accepted) { core in
            core.overload.visitorGate()
        } accept: { core in
            VisitorListener(core: core).accept
        }
        return try await KeepAlive.inherit(from: listener).bind(host: address.host, port: address.port).get()
    }

    /// Connections that are accepted in one turn of the event loop.
    private static let acceptedAtOnce: UInt = 32

    /// The event loop is its own group of one, so that every connection is served where its core lives.
    private func bootstrap(
        _ accepted: Accepted,
        gate: @escaping @Sendable (EdgeCore) -> AcceptGate,
        accept: @escaping @Sendable (EdgeCore) -> (any Channel) throws -> Void
    ) -> ServerBootstrap {
        ServerBootstrap(group: eventLoop)
            .serverChannelInitializer { [core] channel in
                channel.eventLoop.makeCompletedFuture {
                    let accept = accept(core.value)
                    let shortcut = AcceptShortcut { channel in
                        try accepted.apply(to: channel)
                        try accept(channel)
                    }
                    try channel.pipeline.syncOperations.addHandlers([gate(core.value), shortcut])
                }
            }
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.maxMessagesPerRead, value: Self.acceptedAtOnce)
            // Accepted connections inherit it.
            .serverChannelOption(.tcpOption(.tcp_nodelay), value: 1)
    }
}
