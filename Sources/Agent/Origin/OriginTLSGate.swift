import NIOCore
import NIOSSL
import NIOTLS

/// Waits for the end of a handshake with an origin, and says how it ended; nothing is written before.
///
/// ## Concurrency
/// Belongs to its channel's event loop.
final class OriginTLSGate: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let deadline: TimeAmount
    private let promise: EventLoopPromise<Void>
    private var timer: Scheduled<Void>?
    private var isDone = false

    init(deadline: TimeAmount, on eventLoop: any EventLoop) {
        self.deadline = deadline
        promise = eventLoop.makePromise()
    }

    /// Of several addresses that are tried, most connections go without a word.
    deinit { promise.fail(OriginTLSFailure.closed) }

    /// Kept once; it fails with what NIOSSL said, or with ``OriginTLSFailure``.
    var outcome: EventLoopFuture<Void> { promise.futureResult }

    func channelActive(context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: deadline) {
            let (gate, context) = bound.value
            gate.end(.failure(OriginTLSFailure.silent), context)
        }
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted = event as? TLSUserEvent { end(.success(()), context) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if isDone { context.fireErrorCaught(error) } else { end(.failure(error), context) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.failure(OriginTLSFailure.closed), context)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

    private func end(_ result: Result<Void, any Error>, _ context: ChannelHandlerContext) {
        guard !isDone else { return }
        isDone = true
        timer?.cancel()
        if case .failure = result { context.close(promise: nil) }
        promise.completeWith(result)
    }
}
