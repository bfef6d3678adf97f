import NIOCore

/// Tells a peer that makes too little progress from one that is only slow.
///
/// While something is waited for, at least `minimum` bytes must pass in every `limit` of time. Pure: whoever has a
/// clock and a timer asks.
struct ProgressClock: Equatable {
    let limit: TimeAmount
    /// What counts as progress.
    let minimum: Int

    /// When the stretch of time began that is being judged; nil while nothing is waited for.
    private var began: NIODeadline?
    private var passed = 0

    init(limit: TimeAmount, minimum: Int = 1) {
        self.limit = limit
        self.minimum = max(1, minimum)
    }

    /// Something is waited for from now on; what already was keeps its time.
    mutating func wait(from now: NIODeadline) {
        guard began == nil else { return }
        began = now
        passed = 0
    }

    /// Nothing is waited for any more.
    mutating func rest() { began = nil }

    /// Bytes have passed; a new stretch begins once they are enough.
    mutating func passed(_ bytes: Int, at now: NIODeadline) {
        guard began != nil else { return }
        passed += bytes
        guard passed >= minimum else { return }
        began = now
        passed = 0
    }

    /// When the peer is to be given up unless it makes progress; nil while nothing is waited for.
    var deadline: NIODeadline? { began.map { $0 + limit } }

    func isLate(at now: NIODeadline) -> Bool { deadline.map { now >= $0 } ?? false }
}
