import HTTP2
import NIOCore

/// Gives up on a request's body that arrives too slowly while the edge could take it.
///
/// The owner says when a body is awaited and when it rests: because it is complete, because the tunnel takes no more, or
/// because the response has begun, after which a body may go on as slowly as both sides like.
///
/// ## Concurrency
/// Belongs to the event loop of its queue.
struct BodyWatch {
    private var clock: ProgressClock
    private let deadline: RestartableDeadline

    /// - Parameters:
    ///   - limits: How much must arrive in how much time.
    ///   - queue: What waits for it.
    ///   - whenPassed: Told when to ask ``isLate(at:)``. Let go of only with the watch.
    init(limits: BorderLimits, in queue: DeadlineQueue, whenPassed: @escaping () -> Void) {
        clock = ProgressClock(limit: limits.bodyDeadline, minimum: limits.bodyMinimum)
        deadline = RestartableDeadline(in: queue, whenPassed: whenPassed)
    }

    /// More of the body is wanted from now on.
    mutating func awaits(at now: NIODeadline) {
        clock.wait(from: now)
        look()
    }

    mutating func arrived(_ bytes: Int, at now: NIODeadline) { clock.passed(bytes, at: now) }

    /// Nothing is wanted of the visitor.
    mutating func rests() {
        clock.rest()
        deadline.suspend()
    }

    /// Whether the body is to be given up.
    ///
    /// That is said once; a body that goes on is watched further.
    mutating func isLate(at now: NIODeadline) -> Bool {
        guard clock.isLate(at: now) else {
            look()
            return false
        }
        clock.rest()
        return true
    }

    /// For the end.
    func cancel() { deadline.cancel() }

    private func look() { if let time = clock.deadline { deadline.restart(at: time) } }
}
