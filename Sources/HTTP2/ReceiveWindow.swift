import NIOCore

/// How large the receive window of one stream is, and when it should grow.
///
/// A window has to cover what the link holds in one round trip, and not a byte more: what lies in it is memory that a
/// reader who stops will pin. So it starts small and doubles, or more, only when a whole round trip brought most of a window
/// while the reader kept up; a reader that ever fell behind keeps the window it has. A value without a clock.
struct ReceiveWindow {
    private(set) var size: Int
    /// Bytes received that the reader has not taken yet.
    private(set) var unread = 0

    /// What it has taken of the connection's allowance.
    var grown: Int { size - initial }

    private let initial: Int
    private let maximum: Int
    /// What the sender knew of when it sent what arrives in this round: a larger window takes a round trip to show.
    private var known: Int
    private var roundBegan: NIODeadline?
    private var roundBytes = 0
    private var readerKeptUp = true

    /// Below this round trip a small window is never the bottleneck: 256 KiB in 2 ms are 128 MiB a second.
    static let shortestRoundTrip = TimeAmount.milliseconds(2)
    /// From this round trip on a window grows fourfold: doubling would spend more of a download than its bytes.
    static let longRoundTrip = TimeAmount.milliseconds(100)

    init(initial: Int, maximum: Int) {
        size = initial
        known = initial
        self.initial = initial
        self.maximum = maximum
    }

    mutating func received(_ count: Int) {
        unread += count
        roundBytes += count
    }

    /// The reader cannot take more at present; the round does not count towards growth.
    mutating func readerStalled() { readerKeptUp = false }

    /// The reader took bytes.
    ///
    /// - Parameters:
    ///   - count: How many; never more than are unread.
    ///   - now: The present time.
    ///   - roundTrip: The tunnel's round-trip time, nil while unknown.
    ///   - allowance: By how much it may grow at most.
    /// - Returns: The new size when it changes.
    mutating func read(_ count: Int, now: NIODeadline, roundTrip: TimeAmount?, allowance: Int) -> Int? {
        let wasUnread = unread
        unread -= min(count, unread)
        guard let roundTrip, roundTrip >= Self.shortestRoundTrip else { return nil }
        guard let began = roundBegan else {
            beginRound(now)
            return nil
        }
        guard now - began >= roundTrip else { return nil }
        // Two thirds of a window within one round trip: the sender is, or soon will be, waiting for credit. A round
        // that took much longer says nothing, the sender may have paused.
        let wasBusy = roundBytes * 3 >= known * 2 && now - began < roundTrip * 4
        let factor = roundTrip >= Self.longRoundTrip ? 4 : 2
        let keptUp = readerKeptUp
        beginRound(now)
        let next =
            if keptUp {
                wasBusy ? min(size * factor, maximum, size + max(0, allowance)) : size
            } else if wasUnread * 2 >= size {
                max(size / 2, initial)
            } else { size }
        known = min(size, next)
        guard next != size else { return nil }
        size = next
        return size
    }

    private mutating func beginRound(_ now: NIODeadline) {
        roundBegan = now
        roundBytes = 0
        readerKeptUp = true
    }
}
