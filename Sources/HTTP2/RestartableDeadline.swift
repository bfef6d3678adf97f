package import NIOCore

/// A deadline that is set anew again and again and hardly ever passes, such as the one for each answer of a connection.
///
/// To move it to a later time costs nothing: its queue looks at the time that was set first whether the deadline has
/// moved meanwhile, and if so, waits again.
///
/// ## Concurrency
/// Belongs to the event loop of its queue.
package final class RestartableDeadline {
    private let queue: DeadlineQueue
    private let whenPassed: () -> Void
    private var deadline: NIODeadline?
    /// When the queue looks at it; of meaning while it has a place there.
    var look = NIODeadline.uptimeNanoseconds(0)
    /// Its place in the queue, which alone sets it.
    var index: Int?

    /// - Parameters:
    ///   - queue: What waits for it.
    ///   - whenPassed: Told when the deadline passes; once, until it is set again. Let go of only with the deadline.
    package init(in queue: DeadlineQueue, whenPassed: @escaping () -> Void) {
        self.queue = queue
        self.whenPassed = whenPassed
    }

    /// Sets the deadline, in place of the one before.
    package func restart(in time: TimeAmount) { restart(at: queue.eventLoop.now + time) }

    /// Sets the deadline to a time of the event loop's clock, in place of the one before.
    package func restart(at deadline: NIODeadline) {
        self.deadline = deadline
        guard index == nil || deadline < look else { return }
        queue.place(self, at: deadline)
    }

    /// There is no deadline until it is set again; it costs next to nothing to set it soon.
    package func suspend() { deadline = nil }

    /// The same, for the end: the queue forgets it as well.
    package func cancel() {
        deadline = nil
        queue.remove(self)
    }

    /// The queue's look, after which it has no place there.
    func timeHasCome(_ now: NIODeadline) {
        guard let deadline else { return }
        guard deadline <= now else { return queue.place(self, at: deadline) }
        self.deadline = nil
        whenPassed()
    }
}
