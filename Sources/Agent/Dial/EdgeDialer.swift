package import NIOCore
import NIOPosix

/// Opens connections to edges: directly or through a proxy, by IPv4 or IPv6, whichever answers first.
package struct EdgeDialer: Sendable {
    package let proxy: ProxyChoice
    let version: IPVersion
    let deadline: TimeAmount
    let lookup: NameLookup

    /// - Parameters:
    ///   - proxy: The way out.
    ///   - version: By which addresses an edge may be dialled; a proxy is dialled by any, and chooses by itself.
    ///   - deadline: How long a dial may take from its beginning to the edge's end of the connection, the lookup of the
    ///     name and the proxy included.
    ///   - lookup: How names become addresses.
    package init(
        proxy: ProxyChoice = .direct,
        version: IPVersion = .any,
        deadline: TimeAmount,
        lookup: NameLookup = .system
    ) {
        self.proxy = proxy
        self.version = version
        self.deadline = deadline
        self.lookup = lookup
    }

    /// Opens one connection.
    ///
    /// - Parameters:
    ///   - edge: Whom to dial.
    ///   - eventLoop: Where the connection lives.
    ///   - initializer: Puts on the channel what talks to the edge. It is called once, for the connection that is
    ///     kept, on its event loop; nothing is read before it is done, and nothing is lost.
    /// - Returns: The open channel; fails with a ``DialFailure``, or with what the initializer fails with.
    package func connect(
        to edge: EdgeAddress,
        on eventLoop: any EventLoop,
        initializer: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) -> EventLoopFuture<any Channel> {
        let end = NIODeadline.now() + deadline
        let way: EventLoopFuture<any Channel>
        if let proxy = proxy.proxy(towards: edge) {
            way = reach(proxy.host, proxy.port, by: .any, on: eventLoop, .proxy("\(proxy)"), edge).flatMap { channel in
                negotiate(with: proxy, on: channel, towards: edge, by: end, initializer)
            }
        } else {
            way = reach(edge.host, edge.port, by: version, on: eventLoop, .edge, edge).flatMap { channel in
                Self.finish(channel) { initializer(channel) }
            }
        }
        return way.flatMap { channel in
            channel.setOption(.autoRead, value: true).map { channel }
        }
    }

    /// A TCP connection that does not read yet.
    private func reach(
        _ host: String,
        _ port: Int,
        by version: IPVersion,
        on eventLoop: any EventLoop,
        _ hop: DialFailure.Hop,
        _ edge: EdgeAddress
    ) -> EventLoopFuture<any Channel> {
        let resolver = DialResolver(lookup: lookup, version: version, eventLoop: eventLoop)
        return ClientBootstrap(group: eventLoop)
            .connectTimeout(deadline)
            .resolver(resolver)
            .channelOption(.autoRead, value: false)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.writeBufferWaterMark, value: .init(low: 128 * 1024, high: 256 * 1024))
            .channelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 8192, maximum: 64 * 1024)
            )
            .connect(host: host, port: port)
            .flatMapErrorThrowing { error in
                throw DialFailure(connecting: error, resolver.answers, at: hop, towards: edge)
            }
    }

    /// Has the proxy open the way, then gives the channel to whoever talks to the edge.
    private func negotiate(
        with proxy: ProxyAddress,
        on channel: any Channel,
        towards edge: EdgeAddress,
        by end: NIODeadline,
        _ initializer: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) -> EventLoopFuture<any Channel> {
        let opened = channel.eventLoop.makePromise(of: Void.self)
        let negotiation: any ProxyNegotiation =
            switch proxy.scheme {
            case .http: ConnectNegotiation(edge: edge, credentials: proxy.credentials)
            case .socks5: SOCKS5Negotiation(edge: edge, credentials: proxy.credentials)
            }
        let handler = ProxyHandler(negotiation, deadline: end, opened: opened)
        do { try channel.pipeline.syncOperations.addHandler(handler) } catch { opened.fail(error) }
        let bound = NIOLoopBound(handler, eventLoop: channel.eventLoop)
        return opened.futureResult
            .flatMapErrorThrowing { error in
                let refusal = error as? ProxyRefusal ?? ProxyRefusal(.failed)
                throw DialFailure(refusal.code, at: .proxy("\(proxy)"), towards: edge, detail: refusal.detail)
            }
            .flatMap {
                Self.finish(channel) {
                    initializer(channel).flatMap {
                        channel.pipeline.syncOperations.removeHandler(bound.value)
                    }
                }
            }
    }

    /// Closes the channel when nobody can talk on it.
    private static func finish(
        _ channel: any Channel,
        _ prepare: () -> EventLoopFuture<Void>
    ) -> EventLoopFuture<any Channel> {
        prepare().map { channel }.flatMapErrorThrowing { error in
            channel.close(promise: nil)
            throw error
        }
    }
}
