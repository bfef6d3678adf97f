package import HTTPFields
import NIOCore
import Synchronization

/// The exchanges that passed lately, bounded in number and bytes; the oldest make room for the new.
///
/// What is kept is what passed, secrets included, and in memory only. What is handed out has them taken out, unless the
/// log was made with ``Redaction/nothing``.
///
/// ## Concurrency
/// One lock around the kept exchanges; recorders write from their event loops, and everybody else reads copies.
package final class ExchangeLog: Sendable {
    package let limits: ExchangeLimits
    /// What is taken out of all that is shown.
    package let redaction: Redaction
    let clock: ExchangeClock
    /// How long a subscriber is left alone after it was told something.
    let pace: Duration
    private let state: Mutex<State>

    private struct State {
        var kept = KeptExchanges()
        var subscribers: [Int: UpdateQueue] = [:]
        var nextSubscriber = 0
    }

    package init(
        limits: ExchangeLimits = ExchangeLimits(),
        redaction: Redaction = .secrets,
        clock: ExchangeClock = .system,
        pace: Duration = .milliseconds(100)
    ) {
        self.limits = limits
        self.redaction = redaction
        self.clock = clock
        self.pace = pace
        state = Mutex(State())
    }

    // MARK: Writing

    /// Begins to record an exchange.
    ///
    /// - Parameters:
    ///   - endpoint: The name of the endpoint that serves it.
    ///   - request: The head as it came through the tunnel, pseudo-header fields included.
    ///   - replayOf: The exchange that this one repeats.
    /// - Returns: Who is told what happens; it belongs to the event loop of the stream.
    package func record(endpoint: String, request: FieldSection, replayOf: Int? = nil) -> ExchangeRecorder {
        let timestamp = clock.timestamp
        let began = clock.uptime()
        let (id, wakes) = state.withLock { state in
            let id = state.kept.nextID
            let draft = SummaryDraft(id: id, endpoint: endpoint, began: timestamp, request: request, replayOf: replayOf)
            let summary = draft.summary(redaction, limits)
            state.kept.insert(KeptExchange(summary: summary, request: request), limits)
            return (id, Self.mark(id, &state))
        }
        for wake in wakes { wake() }
        return ExchangeRecorder(id: id, log: self, began: began, request: request)
    }

    /// Changes an exchange if it is still kept.
    func update(_ id: Int, _ change: (inout KeptExchange) -> Void) {
        let wakes = state.withLock { state in
            guard state.kept.update(id, limits, change) else { return [(@Sendable () -> Void)]() }
            return Self.mark(id, &state)
        }
        for wake in wakes { wake() }
    }

    /// Forgets everything; what is still open is recorded no further.
    package func clear() {
        state.withLock { state in
            state.kept.removeAll()
            for id in state.subscribers.keys { state.subscribers[id]?.removeAll() }
        }
    }

    /// Notes for every subscriber that there is something new, and says whom to wake.
    private static func mark(_ id: Int, _ state: inout State) -> [@Sendable () -> Void] {
        guard !state.subscribers.isEmpty else { return [] }
        let kept = state.kept.ids
        return state.subscribers.keys.compactMap { state.subscribers[$0]?.insert(id, kept: kept) }
    }

    // MARK: Reading

    /// What is kept, oldest first.
    package var exchanges: [ExchangeSummary] { snapshot().map(\.summary) }

    /// The identifiers of what is kept, without a gap; the upper bound is that of the next exchange.
    package var keptIDs: Range<Int> { state.withLock { $0.kept.ids } }

    /// How many bytes count against ``ExchangeLimits/totalBytes``.
    package var keptBytes: Int { state.withLock { $0.kept.bytes } }

    /// All that is kept of one exchange.
    ///
    /// - Parameters:
    ///   - id: Of the exchange.
    ///   - redaction: Nil for the log's own.
    /// - Returns: Nil when it has made room, or never was.
    package func detail(of id: Int, redaction: Redaction? = nil) -> ExchangeDetail? {
        kept(id)?.detail(redaction ?? self.redaction)
    }

    /// The details of all that is kept, oldest first, made one by one as they are asked for.
    package func details(redaction: Redaction? = nil) -> some Sequence<ExchangeDetail> {
        let redaction = redaction ?? self.redaction
        return snapshot().lazy.map { $0.detail(redaction) }
    }

    func kept(_ id: Int) -> KeptExchange? { state.withLock { $0.kept[id] } }

    func snapshot() -> [KeptExchange] { state.withLock { $0.kept.all } }

    // MARK: Following

    /// New exchanges and what becomes of them, each in its newest state.
    ///
    /// An exchange that changes faster than the subscriber reads is told once, so no more waits than is kept.
    package func subscribe() -> AsyncStream<ExchangeSummary> {
        let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state in
            defer { state.nextSubscriber += 1 }
            state.subscribers[state.nextSubscriber] = UpdateQueue { wake.yield() }
            return state.nextSubscriber
        }
        let subscription = ExchangeSubscription(log: self, id: id, wakes: wakes)
        return AsyncStream { await subscription.next() }
    }

    func unsubscribe(_ id: Int) { state.withLock { _ = $0.subscribers.removeValue(forKey: id) } }

    /// The next update that is ready for the subscriber.
    func readyUpdate(for id: Int) -> ExchangeSummary? {
        state.withLock { state in
            while let next = state.subscribers[id]?.popReady() {
                if let kept = state.kept[next] { return kept.summary }
            }
            return nil
        }
    }

    /// Makes ready what has come in the meantime.
    func collectUpdates(for id: Int) { state.withLock { $0.subscribers[id]?.collect() } }

    var subscriberCount: Int { state.withLock { $0.subscribers.count } }
}
