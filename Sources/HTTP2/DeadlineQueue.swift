package import NIOCore

/// The deadlines of everything that one event loop serves, waited for with a single timer.
///
/// An event loop searches all of its tasks for one that is cancelled; here each deadline knows its place, so that ten
/// thousand connections that come and go cost each other nothing.
///
/// ## Concurrency
/// Belongs to its event loop.
package final class DeadlineQueue {
    let eventLoop: any EventLoop
    /// A binary heap: nobody's look is later than those of the two below it.
    private var heap: [RestartableDeadline] = []
    private var timer: (time: NIODeadline, task: Scheduled<Void>)?

    package init(on eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    /// Deadlines that are waited for, those included that have been suspended since they were last looked at.
    package var count: Int { heap.count }

    // MARK: Members

    /// Waits for a deadline's look, whether it has been waited for before or not.
    func place(_ deadline: RestartableDeadline, at look: NIODeadline) {
        deadline.look = look
        if let index = deadline.index {
            rise(from: index)
            sink(from: deadline.index ?? index)
        } else {
            deadline.index = heap.count
            heap.append(deadline)
            rise(from: heap.count - 1)
        }
        setTimer()
    }

    /// Forgets a deadline.
    func remove(_ deadline: RestartableDeadline) {
        guard let index = deadline.index else { return }
        deadline.index = nil
        let last = heap.removeLast()
        if index < heap.count {
            put(last, at: index)
            rise(from: index)
            sink(from: last.index ?? index)
        }
    }

    // MARK: Time

    /// A timer that comes too early costs one look in vain, which is less than to cancel it.
    private func setTimer() {
        guard let first = heap.first?.look else { return }
        if let timer {
            guard first < timer.time else { return }
            timer.task.cancel()
        }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        timer = (first, eventLoop.scheduleTask(deadline: first) { bound.value.timeHasCome() })
    }

    private func timeHasCome() {
        timer = nil
        let now = eventLoop.now
        var due: [RestartableDeadline] = []
        while let first = heap.first, first.look <= now {
            remove(first)
            due.append(first)
        }
        // Only now: one that is set anew at once has its turn in another tick.
        for deadline in due { deadline.timeHasCome(now) }
        setTimer()
    }

    // MARK: The heap

    private func put(_ deadline: RestartableDeadline, at index: Int) {
        heap[index] = deadline
        deadline.index = index
    }

    private func rise(from start: Int) {
        var index = start
        let moved = heap[start]
        while index > 0 {
            let above = heap[(index - 1) / 2]
            guard moved.look < above.look else { break }
            put(above, at: index)
            index = (index - 1) / 2
        }
        if index != start { put(moved, at: index) }
    }

    private func sink(from start: Int) {
        var index = start
        let moved = heap[start]
        while index * 2 + 1 < heap.count {
            var child = index * 2 + 1
            if child + 1 < heap.count, heap[child + 1].look < heap[child].look { child += 1 }
            guard heap[child].look < moved.look else { break }
            put(heap[child], at: index)
            index = child
        }
        if index != start { put(moved, at: index) }
    }
}
