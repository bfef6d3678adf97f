import HTTP1
import NIOCore

/// Answers a connection that cannot be served, once its request begins to arrive, and closes it.
///
/// It reads nothing into memory, waits a little for the peer to take the answer, and then goes whatever the peer does.
///
/// ## Concurrency
/// Belongs to its channel's event loop.
final class VisitorRefusal: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let page: ErrorPage
    private var hasAnswered = false
    private var deadline: Scheduled<Void>?

    /// From the connection to its end.
    static let patience = TimeAmount.seconds(2)

    init(page: ErrorPage) { self.page = page }

    func handlerAdded(context: ChannelHandlerContext) {
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        deadline = context.eventLoop.scheduleTask(in: Self.patience) { bound.value.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasAnswered else { return }
        hasAnswered = true
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        // Only our side ends: closing with bytes unread would be a reset, and overtake the answer.
        context.writeAndFlush(wrapOutboundOut(page.bytes(closes: true))).whenComplete { _ in
            bound.value.close(mode: .output, promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
