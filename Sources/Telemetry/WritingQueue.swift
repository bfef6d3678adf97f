import NIOPosix
import Synchronization

/// What waits for a thread of its own to be written, so that whoever adds to it never waits for a disk.
///
/// It is bounded by what its elements cost; what comes while too much waits is not taken, and nothing is after the end.
/// What the thread writes at the moment does not wait any more: twice the bound is in memory at most.
///
/// ## Concurrency
/// What waits is behind a lock that is held for an append only. The thread alone calls what writes and what opens again.
package final class WritingQueue<Element: Sendable>: Sendable {
    private struct Waiting {
        var elements: [Element] = []
        var cost = 0
        var reopens = false
        var isHeld: Bool
        var isBeingWritten = false
        var isClosed = false

        /// Whether somebody has to begin writing; it is the caller then.
        mutating func beginWriting() -> Bool {
            guard !isBeingWritten, !isHeld, !isClosed else { return false }
            isBeingWritten = true
            return true
        }

        /// Takes nothing more, once nothing is being written or it is time; answers whether that is so.
        mutating func close(isDue: Bool) -> Bool {
            isClosed = isClosed || isDue || !isBeingWritten
            return isClosed
        }

        /// What is to be written now; when there is nothing, writing has ended.
        mutating func takeAll() -> ([Element], reopens: Bool) {
            let taken = (elements, reopens: reopens)
            isBeingWritten = !elements.isEmpty || reopens
            elements = []
            cost = 0
            reopens = false
            return taken
        }
    }

    private let waiting: Mutex<Waiting>
    private let write: @Sendable ([Element]) -> Void
    private let openAgain: @Sendable () -> Void
    private let thread = NIOThreadPool(numberOfThreads: 1)

    /// - Parameters:
    ///   - isHeld: Whether everything waits for ``begin()``.
    ///   - write: Writes elements in their order, for as long as that may take.
    ///   - reopen: Opens again what they are written to, which somebody may have moved away.
    package init(
        isHeld: Bool = false,
        write: @escaping @Sendable ([Element]) -> Void,
        reopen: @escaping @Sendable () -> Void
    ) {
        waiting = Mutex(Waiting(isHeld: isHeld))
        self.write = write
        openAgain = reopen
        thread.start()
    }

    /// Takes an element when there is room; the caller never waits.
    ///
    /// - Parameters:
    ///   - element: What is to be written.
    ///   - cost: How much it counts.
    ///   - limit: What everything that waits may cost.
    /// - Returns: Whether there was room, and the queue is not closed.
    package func add(_ element: Element, cost: Int, limit: Int) -> Bool {
        let (isTaken, mustStart) = waiting.withLock { waiting in
            guard !waiting.isClosed, waiting.cost + cost <= limit else { return (false, false) }
            waiting.elements.append(element)
            waiting.cost += cost
            return (true, waiting.beginWriting())
        }
        if mustStart { startWriting() }
        return isTaken
    }

    /// Writes what has been held until now, and from here on whatever comes.
    package func begin() {
        let mustStart = waiting.withLock { waiting in
            waiting.isHeld = false
            return (!waiting.elements.isEmpty || waiting.reopens) && waiting.beginWriting()
        }
        if mustStart { startWriting() }
    }

    /// Opens again what is written to, after what is waiting has been written.
    package func reopen() {
        let mustStart = waiting.withLock { waiting in
            waiting.reopens = true
            return waiting.beginWriting()
        }
        if mustStart { startWriting() }
    }

    /// Writes what waits unless it is still held, for as long as that may take, then takes nothing more and ends the
    /// thread.
    ///
    /// A task that was cancelled does not wait.
    package func close(within limit: Duration) async {
        let end = ContinuousClock.now + limit
        while !waiting.withLock({ $0.close(isDue: ContinuousClock.now >= end || Task.isCancelled) }) {
            // One that is cancelled ends the wait, too.
            do { try await Task.sleep(for: .milliseconds(10)) } catch {}
        }
        // A thread that hangs in a write is left to the end of the process.
        thread.shutdownGracefully { _ in }
    }

    private func startWriting() {
        thread.submit { [self] state in
            guard case .active = state else { return }  // the thread has ended, and this is the caller's
            writeAll()
        }
    }

    /// On the writing thread: carries on until nothing waits.
    private func writeAll() {
        while true {
            let (elements, reopens) = waiting.withLock { $0.takeAll() }
            guard !elements.isEmpty || reopens else { return }
            if !elements.isEmpty { write(elements) }
            if reopens { openAgain() }
        }
    }
}
