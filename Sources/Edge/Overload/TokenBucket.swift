import NIOCore

/// Lets so many events through a second, and some more at once after a quiet time.
///
/// Pure: the time comes with each call.
struct TokenBucket: Equatable {
    /// Between two tokens of the steady rate.
    let interval: TimeAmount
    private let tolerance: TimeAmount
    /// When all that was taken will have been refilled.
    private var refilled = NIODeadline.uptimeNanoseconds(0)

    init(perSecond: Int, burst: Int) {
        interval = .nanoseconds(1_000_000_000 / Int64(max(1, perSecond)))
        tolerance = .nanoseconds(interval.nanoseconds * Int64(max(1, burst) - 1))
    }

    /// When the next token can be taken; in the past when there is one.
    var nextToken: NIODeadline { refilled - tolerance }

    /// Whether nothing is left of what was taken.
    func isFull(at now: NIODeadline) -> Bool { refilled <= now }

    /// Takes one token; false when there is none.
    mutating func take(at now: NIODeadline) -> Bool {
        guard refilled <= now + tolerance else { return false }
        refilled = max(refilled, now) + interval
        return true
    }
}
