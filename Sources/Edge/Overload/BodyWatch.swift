import NIOCore

/// Gives up on a request's body that arrives too slowly while the edge could take it.
///
/// The owner says when a body is awaited and when it rests: because it is complete, because the tunnel takes no more, or
/// because the response has begun, after which a body may go on as slowly as both sides like.
///
/// ## Concurrency
/// Belongs to its event loop.
final class BodyWatch {
    private var clock: ProgressClock
    private let eventLoop: any EventLoop
    /// Called at most once.
    private let late: () -> Void
    private var look: Scheduled<Void>?

    /// - Parameters:
    ///   - limits: How much must arrive in how much time.
    ///   - eventLoop: Where all of this happens.
    ///   - late: What to do about a body that is given up: ``EdgeFailure/bodyTimeout``, or a reset.
    init(limits: BorderLimits, eventLoop: any EventLoop, late: @escaping () -> Void) {
        clock = ProgressClock(limit: limits.bodyDeadline, minimum: limits.bodyMinimum)
        self.eventLoop = eventLoop
        self.late = late
    }

    /// More of the body is wanted from now on.
    func awaits() {
        clock.wait(from: eventLoop.now)
        lookLater()
    }

    func arrived(_ bytes: Int) { clock.passed(bytes, at: eventLoop.now) }

    /// Nothing is wanted of the visitor.
    func rests() {
        clock.rest()
        look?.cancel()
        look = nil
    }

    private func lookLater() {
        guard look == nil, let deadline = clock.deadline else { return }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        look = eventLoop.scheduleTask(deadline: deadline) { bound.value.lookAgain() }
    }

    private func lookAgain() {
        look = nil
        guard clock.isLate(at: eventLoop.now) else { return lookLater() }
        clock.rest()
        late()
    }
}
