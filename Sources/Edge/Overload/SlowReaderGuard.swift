import HTTP2
import NIOCore

/// Resets a connection whose peer takes no byte for too long while bytes wait for it.
///
/// Stands next to the socket; ``ReaderWatch`` judges.
///
/// ## Concurrency
/// Belongs to its channel's event loop.
final class SlowReaderGuard: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var watch: ReaderWatch
    /// Called once, before the connection is reset.
    private let gaveUp: () -> Void
    private var look: Scheduled<Void>?

    init(limit: TimeAmount, gaveUp: @escaping () -> Void) {
        watch = ReaderWatch(limit: limit)
        self.gaveUp = gaveUp
    }

    func handlerRemoved(context: ChannelHandlerContext) { look?.cancel() }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        watch.wrote(unwrapOutboundIn(data).readableBytes)
        context.write(data, promise: promise)
    }

    func flush(context: ChannelHandlerContext) {
        context.flush()
        guard context.channel.isActive, watch.flushed(at: .now()) else { return }
        lookLater(context)
    }

    private func lookLater(_ context: ChannelHandlerContext) {
        guard let time = watch.nextLook else { return }
        let bound = NIOLoopBound((reader: self, context: context), eventLoop: context.eventLoop)
        look = context.eventLoop.scheduleTask(deadline: time) { bound.value.reader.lookAgain(bound.value.context) }
    }

    private func lookAgain(_ context: ChannelHandlerContext) {
        look = nil
        guard context.channel.isActive else { return }
        switch watch.looked(waiting: context.channel.waitingBytes, at: .now()) {
        case .nothingWaits: return
        case .waits: lookLater(context)
        case .isLate:
            gaveUp()
            context.channel.closeWithReset()
        }
    }
}
