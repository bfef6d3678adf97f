/// One reader of a log's updates; it is forgotten when its stream is.
final class ExchangeSubscription: Sendable {
    private let log: ExchangeLog
    private let id: Int
    private let wakes: AsyncStream<Void>

    init(log: ExchangeLog, id: Int, wakes: AsyncStream<Void>) {
        self.log = log
        self.id = id
        self.wakes = wakes
    }

    deinit { log.unsubscribe(id) }

    /// Waits for an update; nil once the task is cancelled.
    func next() async -> ExchangeSummary? {
        while !Task.isCancelled {
            if let update = log.readyUpdate(for: id) { return update }
            var iterator = wakes.makeAsyncIterator()
            guard await iterator.next() != nil else { return nil }
            // A download changes its exchange with every piece; what comes in this time is told together.
            do { try await Task.sleep(for: log.pace) } catch { return nil }
            log.collectUpdates(for: id)
        }
        return nil
    }
}
