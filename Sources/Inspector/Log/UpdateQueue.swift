/// Which exchanges one subscriber has not heard of in their newest state.
struct UpdateQueue {
    private var pending: Set<Int> = []
    /// Newest first: the oldest is taken from the end.
    private var ready: [Int] = []
    private let wake: @Sendable () -> Void

    init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

    /// Notes a change.
    ///
    /// - Parameters:
    ///   - id: The exchange that changed.
    ///   - kept: All that are still kept.
    /// - Returns: How to wake the subscriber, when it may be asleep.
    mutating func insert(_ id: Int, kept: Range<Int>) -> (@Sendable () -> Void)? {
        let mayBeAsleep = pending.isEmpty
        pending.insert(id)
        // What made room cannot be told any more, so no more waits than is kept.
        if pending.count > 2 * kept.count { pending = pending.filter(kept.contains) }
        return mayBeAsleep ? wake : nil
    }

    mutating func popReady() -> Int? { ready.popLast() }

    mutating func collect() {
        ready = pending.sorted(by: >)
        pending = []
    }

    mutating func removeAll() {
        pending = []
        ready = []
    }
}
