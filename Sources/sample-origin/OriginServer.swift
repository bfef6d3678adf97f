import NIOCore
import NIOHTTP1
import NIOPosix

/// Accepts connections on loopback and serves each in a child task of its own.
struct OriginServer: Sendable {
    private typealias Connection = NIOAsyncChannel<RequestPart, ResponsePart>

    /// Listens, calls `onBound` with the port and serves until the process ends.
    func run(port: Int, onBound: (Int) -> Void) async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 1024)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .bind(to: SocketAddress(ipAddress: "127.0.0.1", port: port)) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try HTTPAdapter.install(on: channel)
                    return try Connection(wrappingChannelSynchronously: channel)
                }
            }
        try await listener.executeThenClose { connections in
            onBound(listener.channel.localAddress?.port ?? port)
            try await withThrowingDiscardingTaskGroup { group in
                for try await connection in connections {
                    group.addTask { await converse(on: connection) }
                }
            }
        }
    }

    @concurrent private func converse(on connection: Connection) async {
        let visitor = connection.channel.remoteAddress?.description ?? ""
        do {
            try await connection.executeThenClose { inbound, output in
                var input = inbound.makeAsyncIterator()
                while let part = try await input.next() {
                    guard case .head(let head) = part else { continue }
                    var exchange = Exchange(head: head, peer: visitor, input: input, output: output)
                    try await Endpoints.answer(&exchange)
                    guard try await exchange.finish() else { return }
                    input = exchange.input
                }
            }
        } catch {
            // The other side left in the middle, or spoke nonsense: its connection is over, the others go on.
        }
    }
}
