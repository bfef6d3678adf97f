import Synchronization

/// One exchange of a log, where its recorder finds it without a search.
///
/// ## Concurrency
/// A lock of its own owns the exchange, so that what is recorded of one does not wait for another.
final class ExchangeBox: Sendable {
    private struct Content {
        var exchange: KeptExchange
        /// What it counted for at the time of its last change.
        var cost: Int
        var isKept = true
    }

    let id: Int
    private let content: Mutex<Content>

    init(_ exchange: KeptExchange) {
        id = exchange.id
        content = Mutex(Content(exchange: exchange, cost: exchange.cost))
    }

    var exchange: KeptExchange { content.withLock { $0.exchange } }

    /// Changes the exchange in place.
    ///
    /// - Returns: By how many bytes it has grown; nil when it is kept no more, and nothing was changed.
    func update(_ change: (inout KeptExchange) -> Void) -> Int? {
        content.withLock { content in
            guard content.isKept else { return nil }
            change(&content.exchange)
            let cost = content.exchange.cost
            defer { content.cost = cost }
            return cost - content.cost
        }
    }

    /// Ends the recording, for an exchange that makes room.
    ///
    /// - Returns: What it counted for.
    func forget() -> Int {
        content.withLock { content in
            content.isKept = false
            return content.cost
        }
    }
}
