import Synchronization

/// What a tunnel is doing, for any number of people who watch.
///
/// ## Concurrency
/// The lock owns everything. States are put into the queues of those who watch under it, so that all see one order.
final class StateBoard: Sendable {
    fileprivate struct Content {
        var current = Tunnel.State.connecting
        var isFinal = false
        var watchers: [Int: AsyncStream<Tunnel.State>.Continuation] = [:]
        var lastWatcher = 0
    }

    private let content = Mutex(Content())

    /// How many states wait for one who watches; beyond, the oldest are dropped.
    private static let queuedStates = 16

    var current: Tunnel.State { content.withLock { $0.current } }

    /// The present state and all that follow; ends after the last one.
    func watch() -> AsyncStream<Tunnel.State> {
        let (states, continuation) = AsyncStream.makeStream(
            of: Tunnel.State.self,
            bufferingPolicy: .bufferingNewest(Self.queuedStates)
        )
        let id = content.withLock { content -> Int? in
            continuation.yield(content.current)
            guard !content.isFinal else { return nil }
            content.lastWatcher += 1
            content.watchers[content.lastWatcher] = continuation
            return content.lastWatcher
        }
        guard let id else {
            continuation.finish()
            return states
        }
        continuation.onTermination = { [weak self] _ in
            self?.content.withLock { _ = $0.watchers.removeValue(forKey: id) }
        }
        return states
    }

    func show(_ state: Tunnel.State) { content.withLock { $0.show(state) } }

    /// Shows the state after which there is none.
    func end(_ state: Tunnel.State) {
        let watchers = content.withLock { content in
            content.show(state)
            content.isFinal = true
            defer { content.watchers = [:] }
            return content.watchers
        }
        // The end of a stream takes it from the list, which needs the lock.
        for watcher in watchers.values { watcher.finish() }
    }
}

extension StateBoard.Content {
    fileprivate mutating func show(_ state: Tunnel.State) {
        guard !isFinal, state != current else { return }
        current = state
        for watcher in watchers.values { watcher.yield(state) }
    }
}
