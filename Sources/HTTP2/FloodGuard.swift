import NIOCore

/// Decides when a peer has sent more frames of one sort than any good peer would.
///
/// A value without a clock: the time comes with each call.
struct FloodGuard {
    enum Flood: String, Equatable {
        case resets, controlFrames = "control_frames", windowUpdates = "window_updates", glitches
    }

    private var resets: TokenBucket
    private var controlFrames: TokenBucket
    private var windowUpdates: TokenBucket
    private var glitches: TokenBucket

    init(limits: HTTP2Limits, now: NIODeadline) {
        resets = TokenBucket(limits.resets, now: now)
        controlFrames = TokenBucket(limits.controlFrames, now: now)
        windowUpdates = TokenBucket(limits.windowUpdates, now: now)
        glitches = TokenBucket(limits.glitches, now: now)
    }

    /// Takes what arrived off the allowances and names the first that is used up.
    mutating func admit(_ tally: FrameTally, now: NIODeadline) -> Flood? {
        guard !tally.isEmpty else { return nil }
        if !resets.take(tally.resets, now: now) { return .resets }
        if !controlFrames.take(tally.controlFrames, now: now) { return .controlFrames }
        if !windowUpdates.take(tally.windowUpdates, now: now) { return .windowUpdates }
        if !glitches.take(tally.glitches, now: now) { return .glitches }
        return nil
    }
}

/// Which WINDOW_UPDATE frames are the price of DATA that was sent.
///
/// A reader may give credit back in small pieces (Go's after every 4 KiB, for the stream and for the connection), and long
/// after the bytes went out; so what is paid for is carried on.
struct UpdateCredit {
    private var paid = 0

    private static let perFrame = 10
    /// What the DATA of a whole connection window pays for, in frames of 16 KiB.
    private static let most = perFrame * 1024

    /// - Parameters:
    ///   - updates: WINDOW_UPDATE frames that arrived.
    ///   - framesSent: DATA frames that went out since the last call.
    /// - Returns: Those updates that nothing was sent for.
    mutating func unpaid(_ updates: Int, framesSent: Int) -> Int {
        paid = min(paid + Self.perFrame * framesSent, Self.most)
        let covered = min(updates, paid)
        paid -= covered
        return updates - covered
    }
}

/// Tokens that refill with time up to a cap.
struct TokenBucket {
    private let capacity: Int64
    private let perSecond: Int64
    /// In billionths of a token, so that refilling needs no floating point and loses nothing.
    private var level: Int64
    private var updated: NIODeadline

    private static let scale: Int64 = 1_000_000_000

    init(_ allowance: HTTP2Limits.Allowance, now: NIODeadline) {
        capacity = Int64(allowance.burst) * Self.scale
        perSecond = Int64(allowance.perSecond)
        level = capacity
        updated = now
    }

    mutating func take(_ count: Int, now: NIODeadline) -> Bool {
        guard count > 0 else { return true }
        let elapsed = max(0, (now - updated).nanoseconds)
        let (refill, overflow) = elapsed.multipliedReportingOverflow(by: perSecond)
        level = overflow ? capacity : min(capacity, level.addingReportingOverflow(refill).partialValue)
        if level < 0 { level = capacity }
        updated = now
        let cost = Int64(count) * Self.scale
        guard level >= cost else {
            level = 0
            return false
        }
        level -= cost
        return true
    }
}
