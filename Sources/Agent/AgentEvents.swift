import NIOCore
import Synchronization

/// What happens to an agent, for one subscriber, in order; ends when the agent has ended.
///
/// What happens while the subscriber is busy, or is left alone for the pause that it asked for, is handed over at once when
/// it asks again: thousands of requests a second then cost it a few wakes. It is read by one task.
package struct AgentEvents: AsyncSequence, Sendable {
    package typealias Element = AgentEvent
    package typealias Failure = Never

    let queue: AgentEventQueue
    let wakes: AsyncStream<Void>
    /// How long the subscriber is left alone after it was told something.
    let pause: Duration

    package struct AsyncIterator: AsyncIteratorProtocol {
        package typealias Element = AgentEvent
        package typealias Failure = Never

        fileprivate let queue: AgentEventQueue
        fileprivate var wakes: AsyncStream<Void>.Iterator
        fileprivate let pause: Duration
        fileprivate var taken = CircularBuffer<AgentEvent>()
        fileprivate var mustPause = false

        package mutating func next(isolation actor: isolated (any Actor)?) async -> AgentEvent? {
            if let event = taken.popFirst() { return event }
            if mustPause {
                do { try await Task.sleep(for: pause) } catch { return nil }
            }
            var isOver = false
            taken = queue.take()
            while taken.isEmpty, !isOver {
                isOver = await wakes.next(isolation: actor) == nil
                taken = queue.take()
            }
            mustPause = pause > .zero
            return taken.popFirst()
        }

        package mutating func next() async -> AgentEvent? { await next(isolation: #isolation) }
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(queue: queue, wakes: wakes.makeAsyncIterator(), pause: pause)
    }
}

/// The events that a subscriber has not taken yet.
///
/// ## Concurrency
/// Its lock owns the events; whoever adds wakes the subscriber when there were none.
package final class AgentEventQueue: Sendable {
    private let waiting = Mutex(CircularBuffer<AgentEvent>())
    private let wake: AsyncStream<Void>.Continuation

    private let limit: Int

    /// How many wait for a subscriber that says nothing else.
    package static let limit = 2048

    /// - Parameters:
    ///   - limit: How many wait; beyond, the oldest are dropped.
    ///   - wake: Wakes the subscriber.
    init(limit: Int, wake: AsyncStream<Void>.Continuation) {
        self.limit = limit
        self.wake = wake
    }

    func add(_ event: AgentEvent) {
        let wasEmpty = waiting.withLock { waiting in
            if waiting.count == limit { waiting.removeFirst() }
            waiting.append(event)
            return waiting.count == 1
        }
        if wasEmpty { wake.yield() }
    }

    func take() -> CircularBuffer<AgentEvent> {
        waiting.withLock { waiting in
            guard !waiting.isEmpty else { return waiting }
            let taken = waiting
            waiting = CircularBuffer()
            return taken
        }
    }

    /// Nothing will be added any more.
    func finish() { wake.finish() }
}
