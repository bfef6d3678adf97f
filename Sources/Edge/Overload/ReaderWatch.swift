import NIOCore

/// Judges a peer that takes no byte while bytes wait for it.
///
/// A peer that is slow but reads is never given up, and neither is one for whom nothing waits. Whoever has the socket and
/// a timer says what happens to them, and looks when it is told to.
struct ReaderWatch {
    private var clock: ProgressClock
    private var written = 0
    private var taken = 0
    /// When somebody must look again; nil while nothing is known to wait.
    private(set) var nextLook: NIODeadline?

    /// A peer is looked at this often within its limit.
    private static let looksPerLimit: Int64 = 4

    init(limit: TimeAmount) { clock = ProgressClock(limit: limit) }

    private var interval: TimeAmount { .nanoseconds(max(1, clock.limit.nanoseconds / Self.looksPerLimit)) }

    /// Bytes were put into the socket's queue.
    mutating func wrote(_ bytes: Int) { written += bytes }

    /// The queue was flushed, so somebody looks soon.
    ///
    /// Most of it is gone by now, and looking at once would cost each response more than its bytes do.
    ///
    /// - Parameter now: Asked for when it is needed.
    /// - Returns: Whether ``nextLook`` has been set.
    mutating func flushed(at now: @autoclosure () -> NIODeadline) -> Bool {
        guard nextLook == nil else { return false }
        let now = now()
        clock.wait(from: now)
        nextLook = now + interval
        return true
    }

    enum Finding { case nothingWaits, waits, isLate }

    /// Somebody looked.
    ///
    /// - Parameters:
    ///   - waiting: Bytes that are in the socket's queue.
    ///   - now: The time.
    /// - Returns: What to think of the peer; ``nextLook`` says when to look again.
    mutating func looked(waiting: Int, at now: NIODeadline) -> Finding {
        nextLook = nil
        let progress = written - waiting - taken
        taken += progress
        clock.passed(progress, at: now)
        guard waiting > 0 else {
            clock.rest()
            return .nothingWaits
        }
        guard !clock.isLate(at: now) else { return .isLate }
        nextLook = now + interval
        return .waits
    }
}

extension Channel {
    /// Bytes that wait for the socket; none when it has closed.
    var waitingBytes: Int {
        do {
            return try syncOptions?.getOption(.bufferedWritableBytes) ?? 0
        } catch {
            return 0
        }
    }
}
