import HTTP1
import HTTP2
import NIOCore
import NIOPosix

/// Keep-alive connections to one origin, the most recently used first.
///
/// ## Concurrency
/// Belongs to one event loop, like the exchanges that use it.
final class OriginPool: Origin {
    let target: OriginTarget
    let limits: HTTP1Limits
    private let eventLoop: any EventLoop
    private var idle: [OriginConnection] = []
    private var isClosed = false

    /// Connections that wait for another request.
    static let idleLimit = 64
    static let connectDeadline = TimeAmount.seconds(5)
    /// Shorter than the idle time of common servers, so that most stale connections are never tried.
    static let idleTime = TimeAmount.seconds(4)

    init(target: OriginTarget, limits: HTTP1Limits, eventLoop: any EventLoop) {
        self.target = target
        self.limits = limits
        self.eventLoop = eventLoop
    }

    func serve(_ request: TunnelRequest) -> (any HTTP2StreamDelegate)? {
        do throws(HTTP1Error) {
            let exchange = try OriginExchange(request, pool: self)
            exchange.begin()
            return exchange
        } catch {
            return nil
        }
    }

    /// A connection that has carried requests before, when one is waiting.
    func takeIdle() -> OriginConnection? {
        while let connection = idle.popLast() {
            if connection.isReusable { return connection }
        }
        return nil
    }

    /// Opens a connection; the answer comes on the event loop.
    func connect(_ whenDone: @escaping (Result<OriginConnection, any Error>) -> Void) {
        let pool = NIOLoopBound(self, eventLoop: eventLoop)
        let answer = NIOLoopBound(whenDone, eventLoop: eventLoop)
        ClientBootstrap(group: eventLoop)
            .connectTimeout(Self.connectDeadline)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.writeBufferWaterMark, value: .init(low: 32 * 1024, high: 128 * 1024))
            .channelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 4096, maximum: 256 * 1024)
            )
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(OriginConnection(pool: pool.value))
                }
            }
            .connect(host: target.host, port: target.port)
            .whenComplete { result in
                answer.value(
                    result.flatMap { channel in
                        Result { try channel.pipeline.syncOperations.handler(type: OriginConnection.self) }
                    }
                )
            }
    }

    /// Takes a connection back that can carry another request.
    func giveBack(_ connection: OriginConnection) {
        guard !isClosed, idle.count < Self.idleLimit else { return connection.close() }
        idle.append(connection)
        connection.closeUnlessUsed(within: Self.idleTime)
    }

    func remove(_ connection: OriginConnection) { idle.removeAll { $0 === connection } }

    func close() {
        isClosed = true
        for connection in idle { connection.close() }
        idle = []
    }
}
