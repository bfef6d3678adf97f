package import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Stops a listener from accepting while that would fail or do harm; connections wait in its backlog meanwhile.
///
/// When the process has no descriptor left, `accept` fails and the connection stays where it is, so the socket remains
/// readable: without a pause the loop would do nothing else but fail.
///
/// ## Concurrency
/// Belongs to the listener's event loop.
package final class AcceptGate: ChannelInboundHandler {
    package typealias InboundIn = any Channel
    package typealias InboundOut = any Channel

    private let pause: TimeAmount
    /// Called at the start of each pause.
    private let exhausted: () -> Void
    private var context: ChannelHandlerContext?
    private var isPaused = false
    private var isHeld = false

    /// What `accept` fails with for everybody: no descriptor in the process or the system, no memory for a socket.
    private static let exhaustion = [EMFILE, ENFILE, ENOBUFS, ENOMEM]

    /// - Parameters:
    ///   - pause: How long nothing is accepted after a failure.
    ///   - exhausted: Called at the start of each pause, on the listener's event loop.
    package init(pause: TimeAmount = .milliseconds(250), exhausted: @escaping () -> Void = {}) {
        self.pause = pause
        self.exhausted = exhausted
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        apply()
    }

    package func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The listener's own end comes as its closing. Whatever else is the affair of one peer, such as one who left before
        // it was accepted, and would end whoever serves all the others.
        guard let error = error as? IOError, Self.exhaustion.contains(error.errnoCode), !isPaused else { return }
        isPaused = true
        exhausted()
        apply()
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: pause) { bound.value.pauseEnded() }
    }

    private func pauseEnded() {
        isPaused = false
        apply()
    }

    /// Holds the listener, or lets it go on.
    package func hold(_ isHeld: Bool) {
        guard isHeld != self.isHeld else { return }
        self.isHeld = isHeld
        apply()
    }

    private func apply() {
        guard let context else { return }
        do {
            try context.channel.syncOptions?.setOption(.autoRead, value: !isPaused && !isHeld)
        } catch {
            context.fireErrorCaught(error)  // the listener has closed
        }
    }
}
