import HTTP2
import NIOCore

/// Resets a connection whose peer takes no byte for too long while bytes wait for it.
///
/// Stands next to the socket. A peer that is slow but reads is never cut, and neither is one for whom nothing waits.
///
/// ## Concurrency
/// Belongs to its channel's event loop.
final class SlowReaderGuard: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var clock: ProgressClock
    /// Called once, before the connection is reset.
    private let gaveUp: () -> Void
    private var written = 0
    private var taken = 0
    private var look: Scheduled<Void>?

    /// A connection is looked at this often within its limit.
    private static let looksPerLimit: Int64 = 4

    init(limit: TimeAmount, gaveUp: @escaping () -> Void) {
        clock = ProgressClock(limit: limit)
        self.gaveUp = gaveUp
    }

    func handlerRemoved(context: ChannelHandlerContext) { look?.cancel() }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        written += unwrapOutboundIn(data).readableBytes
        context.write(data, promise: promise)
    }

    /// Sees to it that somebody looks soon; most of what is flushed is gone by then, and looking now would cost each
    /// response more than its bytes do.
    func flush(context: ChannelHandlerContext) {
        context.flush()
        guard look == nil, context.channel.isActive else { return }
        clock.wait(from: .now())
        lookLater(context)
    }

    /// Sees how much the socket has taken since the last look.
    ///
    /// - Returns: What still waits.
    private func measure(_ context: ChannelHandlerContext, at now: NIODeadline) -> Int {
        let waiting: Int
        do {
            waiting = try context.channel.syncOptions?.getOption(.bufferedWritableBytes) ?? 0
        } catch {
            return 0  // the channel has closed
        }
        let progress = written - waiting - taken
        taken += progress
        clock.passed(progress, at: now)
        return waiting
    }

    private func lookLater(_ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((reader: self, context: context), eventLoop: context.eventLoop)
        let interval = TimeAmount.nanoseconds(max(1, clock.limit.nanoseconds / Self.looksPerLimit))
        look = context.eventLoop.scheduleTask(in: interval) { bound.value.reader.lookAgain(bound.value.context) }
    }

    private func lookAgain(_ context: ChannelHandlerContext) {
        look = nil
        guard context.channel.isActive else { return }
        let now = NIODeadline.now()
        guard measure(context, at: now) > 0 else { return clock.rest() }
        guard !clock.isLate(at: now) else {
            gaveUp()
            return context.channel.closeWithReset()
        }
        lookLater(context)
    }
}
