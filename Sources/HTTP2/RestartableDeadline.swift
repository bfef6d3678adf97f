package import NIOCore

/// A deadline that is set anew again and again and hardly ever passes, such as the one for each answer of a connection.
///
/// A timer for each would be made, and taken out of the event loop's queue, thousands of times a second. Here one task is
/// scheduled, which looks whether the deadline has moved meanwhile, and if so, schedules itself again.
///
/// ## Concurrency
/// Belongs to its event loop.
package final class RestartableDeadline {
    private let eventLoop: any EventLoop
    private let whenPassed: () -> Void
    private var deadline: NIODeadline?
    private var look: (time: NIODeadline, task: Scheduled<Void>)?

    /// - Parameters:
    ///   - eventLoop: Whose time counts.
    ///   - whenPassed: Told when the deadline passes; once, until it is set again. It must not own the deadline.
    package init(on eventLoop: any EventLoop, whenPassed: @escaping () -> Void) {
        self.eventLoop = eventLoop
        self.whenPassed = whenPassed
    }

    /// Sets the deadline, in place of the one before.
    package func restart(in time: TimeAmount) {
        let deadline = eventLoop.now + time
        self.deadline = deadline
        if let look {
            guard deadline < look.time else { return }
            look.task.cancel()
        }
        schedule(at: deadline)
    }

    /// There is no deadline until it is set again; it costs next to nothing to set it soon.
    package func suspend() { deadline = nil }

    /// The same, for the end: the event loop forgets it as well.
    package func cancel() {
        deadline = nil
        look?.task.cancel()
        look = nil
    }

    private func schedule(at time: NIODeadline) {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        look = (time, eventLoop.scheduleTask(deadline: time) { bound.value.timeHasCome() })
    }

    private func timeHasCome() {
        look = nil
        guard let deadline else { return }
        guard deadline <= eventLoop.now else { return schedule(at: deadline) }
        self.deadline = nil
        whenPassed()
    }
}
