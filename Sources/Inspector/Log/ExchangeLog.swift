package import HTTPFields
import NIOCore
import Synchronization

/// The exchanges that passed lately, bounded in number and bytes; the oldest make room for the new.
///
/// What is kept is what passed, secrets included, and in memory only. What is handed out has them taken out, unless the
/// log was made with ``Redaction/nothing``.
///
/// ## Concurrency
/// One lock owns the list of what is kept, and each exchange has one of its own; recorders write from their event loops,
/// and everybody else reads copies. The bytes and the number of subscribers are atomic, so that most changes of an exchange
/// need its own lock alone.
package final class ExchangeLog: Sendable {
    package let limits: ExchangeLimits
    /// What is taken out of all that is shown.
    package let redaction: Redaction
    let clock: ExchangeClock
    /// How long a subscriber is left alone after it was told something.
    let pace: Duration
    private let state: Mutex<State>
    private let bytes = Atomic(0)
    private let readers = Atomic(0)

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
        let began = (wall: clock.wall(), uptime: clock.uptime())
        let (box, wakes) = state.withLock { state in
            let line = SummaryLine(
                id: state.kept.nextID,
                endpoint: endpoint,
                began: began.wall,
                replayOf: replayOf,
                redaction: redaction,
                pathBytes: limits.pathBytes
            )
            let exchange = KeptExchange(line, request: request)
            let box = ExchangeBox(exchange)
            bytes.add(exchange.cost, ordering: .relaxed)
            if state.kept.ids.count >= max(1, limits.exchanges) { removeOldest(&state) }
            state.kept.insert(box, limit: limits.exchanges)
            if limits.exchanges < 1 { removeOldest(&state) }
            makeRoom(&state)
            return (box, Self.mark(box.id, &state))
        }
        for wake in wakes { wake() }
        return ExchangeRecorder(box, log: self, began: began.uptime, request: request)
    }

    /// Changes an exchange if it is still kept.
    func update(_ box: ExchangeBox, _ change: (inout KeptExchange) -> Void) {
        guard let growth = box.update(change) else { return }
        if growth != 0 { grow(by: growth) }
        guard readers.load(ordering: .relaxed) > 0 else { return }
        let wakes: [@Sendable () -> Void] = state.withLock { state in
            state.kept.ids.contains(box.id) ? Self.mark(box.id, &state) : []
        }
        for wake in wakes { wake() }
    }

    private func grow(by growth: Int) {
        guard bytes.add(growth, ordering: .relaxed).newValue > limits.totalBytes else { return }
        state.withLock { makeRoom(&$0) }
    }

    private func makeRoom(_ state: inout State) {
        while bytes.load(ordering: .relaxed) > limits.totalBytes, !state.kept.ids.isEmpty { removeOldest(&state) }
    }

    private func removeOldest(_ state: inout State) {
        guard let oldest = state.kept.removeOldest() else { return }
        bytes.subtract(oldest.forget(), ordering: .relaxed)
    }

    /// Forgets everything; what is still open is recorded no further.
    package func clear() {
        state.withLock { state in
            for box in state.kept.removeAll() { bytes.subtract(box.forget(), ordering: .relaxed) }
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
    package var keptBytes: Int { bytes.load(ordering: .relaxed) }

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

    func kept(_ id: Int) -> KeptExchange? { state.withLock { $0.kept[id] }?.exchange }

    func snapshot() -> [KeptExchange] { state.withLock { $0.kept.all }.map(\.exchange) }

    // MARK: Following

    /// New exchanges and what becomes of them, each in its newest state.
    ///
    /// An exchange that changes faster than the subscriber reads is told once, so no more waits than is kept.
    package func subscribe() -> AsyncStream<ExchangeSummary> {
        let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state in
            defer { state.nextSubscriber += 1 }
            state.subscribers[state.nextSubscriber] = UpdateQueue { wake.yield() }
            readers.add(1, ordering: .relaxed)
            return state.nextSubscriber
        }
        let subscription = ExchangeSubscription(log: self, id: id, wakes: wakes)
        return AsyncStream { await subscription.next() }
    }

    func unsubscribe(_ id: Int) {
        state.withLock { state in
            guard state.subscribers.removeValue(forKey: id) != nil else { return }
            readers.subtract(1, ordering: .relaxed)
        }
    }

    /// The next update that is ready for the subscriber.
    func readyUpdate(for id: Int) -> ExchangeSummary? {
        let box = state.withLock { state -> ExchangeBox? in
            while let next = state.subscribers[id]?.popReady() {
                if let kept = state.kept[next] { return kept }
            }
            return nil
        }
        return box?.exchange.summary
    }

    /// Makes ready what has come in the meantime.
    func collectUpdates(for id: Int) { state.withLock { $0.subscribers[id]?.collect() } }

    var subscriberCount: Int { state.withLock { $0.subscribers.count } }
}
