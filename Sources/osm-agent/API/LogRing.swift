import Synchronization

/// The last lines of the agent's log, for who asks and for who follows.
///
/// ## Concurrency
/// One lock owns everything. Lines are put into the queues of the followers under it, so that each of them gets every
/// line once and in order.
final class LogRing: Sendable {
    /// How much is kept; the oldest lines go first.
    struct Limits: Sendable {
        var lines = 2000
        var bytes = 1024 * 1024
        /// Lines that wait for one follower; beyond, the oldest are dropped.
        var queued = 512

        static let standard = Limits()
    }

    fileprivate struct Content {
        var lines: [String] = []
        /// Where the oldest line is, so that it can go without moving the others each time.
        var start = 0
        var bytes = 0
        var followers: [Int: AsyncStream<String>.Continuation] = [:]
        var lastFollower = 0
    }

    private let limits: Limits
    private let content = Mutex(Content())

    init(limits: Limits = .standard) { self.limits = limits }

    /// Keeps a line, its end included.
    func append(_ line: String) {
        content.withLock { content in
            content.lines.append(line)
            content.bytes += line.utf8.count
            content.trim(to: limits)
            for follower in content.followers.values { follower.yield(line) }
        }
    }

    /// The lines that are kept, or the last of them.
    func last(_ count: Int = .max) -> [String] { content.withLock { $0.last(count) } }

    /// The last lines, and every one that comes after them.
    func follow(last count: Int = .max) -> (kept: [String], coming: AsyncStream<String>) {
        let (coming, continuation) = AsyncStream.makeStream(
            of: String.self,
            bufferingPolicy: .bufferingNewest(limits.queued)
        )
        let (kept, id) = content.withLock { content in
            content.lastFollower += 1
            content.followers[content.lastFollower] = continuation
            return (content.last(count), content.lastFollower)
        }
        continuation.onTermination = { [weak self] _ in
            self?.content.withLock { _ = $0.followers.removeValue(forKey: id) }
        }
        return (kept, coming)
    }

    /// How many follow.
    var followers: Int { content.withLock { $0.followers.count } }
}

extension LogRing.Content {
    fileprivate mutating func trim(to limits: LogRing.Limits) {
        while lines.count - start > limits.lines || (bytes > limits.bytes && lines.count - start > 1) {
            bytes -= lines[start].utf8.count
            lines[start] = ""
            start += 1
        }
        guard start > limits.lines else { return }
        lines.removeFirst(start)
        start = 0
    }

    fileprivate func last(_ count: Int) -> [String] { Array(lines[start...].suffix(count)) }
}
