import NIOCore
import NIOPosix

/// Binds the two listeners of an edge to its event loop.
struct EdgeListeners {
    let core: NIOLoopBound<EdgeCore>
    let eventLoop: any EventLoop

    func bindTunnels(_ address: ListenAddress) async throws -> any Channel {
        try await bootstrap { [core] channel in
            try channel.pipeline.syncOperations.addHandler(core.value.overload.tunnelGate())
        } accept: { [core] channel in
            try TunnelListener(core: core.value).accept(channel)
        }
        .bind(host: address.host, port: address.port).get()
    }

    func bindVisitors(_ address: ListenAddress) async throws -> any Channel {
        try await bootstrap { [core] channel in
            try channel.pipeline.syncOperations.addHandler(core.value.overload.visitorGate())
        } accept: { [core] channel in
            try VisitorListener(core: core.value).accept(channel)
        }
        .childChannelOption(.writeBufferWaterMark, value: .init(low: 32 * 1024, high: 128 * 1024))
        .childChannelOption(
            .recvAllocator,
            value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 4096, maximum: 256 * 1024)
        )
        .bind(host: address.host, port: address.port).get()
    }

    /// The event loop is its own group of one, so that every connection is served where its core lives.
    private func bootstrap(
        gate: @escaping @Sendable (any Channel) throws -> Void,
        accept: @escaping @Sendable (any Channel) throws -> Void
    ) -> ServerBootstrap {
        ServerBootstrap(group: eventLoop)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try gate(channel) }
            }
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 8192, maximum: 64 * 1024)
            )
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 128 * 1024, high: 256 * 1024))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try accept(channel) }
            }
    }
}
