import NIOCore

/// Negotiates with a proxy at the head of a connection, then leaves the connection to whoever talks to the edge.
///
/// It reads no further than it must: the channel is expected not to read by itself. What came in behind the proxy's last
/// word is passed on when the handler leaves, after everything else has taken its place.
///
/// ## Concurrency
/// Belongs to the event loop of its channel.
final class ProxyHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var negotiation: any ProxyNegotiation
    private let deadline: NIODeadline
    /// Kept once the way to the edge is open, or seen to be barred; fails with a ``ProxyRefusal``.
    private let opened: EventLoopPromise<Void>
    private var received = ByteBuffer()
    private var timer: Scheduled<Void>?
    private var isOver = false

    /// More than any answer; whoever sends more before it has answered is no proxy.
    private static let limit = 128 * 1024

    init(_ negotiation: any ProxyNegotiation, deadline: NIODeadline, opened: EventLoopPromise<Void>) {
        self.negotiation = negotiation
        self.deadline = deadline
        self.opened = opened
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(deadline: deadline) {
            let (handler, context) = bound.value
            handler.end(.failure(ProxyRefusal(.proxySilent)), context)
        }
        do throws(ProxyRefusal) {
            guard context.channel.isActive else { throw ProxyRefusal(.proxyBroken, "it closed the connection at once") }
            let first = try negotiation.begin()
            context.writeAndFlush(wrapOutboundOut(first), promise: nil)
            context.read()
        } catch {
            end(.failure(error), context)
        }
    }

    /// Everything that talks to the edge is in place: what it has sent already goes there.
    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        guard received.readableBytes > 0, context.channel.isActive else { return }
        context.fireChannelRead(wrapInboundOut(received))
        context.fireChannelReadComplete()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var data = unwrapInboundIn(data)
        received.writeBuffer(&data)
        guard !isOver else { return }
        do throws(ProxyRefusal) {
            try advance(context)
            guard isOver || received.readableBytes <= Self.limit else { throw ProxyRefusal(.proxyBroken, "it floods") }
        } catch {
            end(.failure(error), context)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if !isOver { context.read() }
    }

    private func advance(_ context: ChannelHandlerContext) throws(ProxyRefusal) {
        while !isOver {
            switch try negotiation.received(&received) {
            case .needsMore: return
            case .send(let message): context.writeAndFlush(wrapOutboundOut(message), promise: nil)
            case .open: end(.success(()), context)
            }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.failure(ProxyRefusal(.proxyBroken, "it closed the connection before it had answered")), context)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isOver else { return context.fireErrorCaught(error) }
        end(.failure(ProxyRefusal(.proxyBroken, "it cut the connection before it had answered")), context)
    }

    private func end(_ result: Result<Void, ProxyRefusal>, _ context: ChannelHandlerContext) {
        guard !isOver else { return }
        isOver = true
        timer?.cancel()
        switch result {
        case .success: opened.succeed()
        case .failure(let refusal):
            opened.fail(refusal)
            context.close(promise: nil)
        }
    }
}
