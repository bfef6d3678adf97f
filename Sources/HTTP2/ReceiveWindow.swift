import NIOCore

/// How large the receive window of one stream is, and when it should grow.
///
/// What lies in a window is memory that a reader who stops will pin, so it starts small and grows for readers who need more:
/// - From a round trip of 2 ms on it has to cover what the link holds. It doubles, or more, when a whole round trip brought most
///   of a window while the reader kept up.
/// - Below that it covers the link as it is, but a fast reader spends more on WINDOW_UPDATEs than on the bytes. It doubles when
///   two thirds of it came within 2 ms, which for 256 KiB are 83 MiB a second, and stops at four times its first size.
///
/// A round in which the reader fell behind brings no growth; when half a window was unread then, the window halves. A value
/// without a clock.
struct ReceiveWindow {
    private(set) var size: Int
    /// Bytes received that the reader has not taken yet.
    private(set) var unread = 0

    /// What it has taken of the connection's allowance.
    var grown: Int { size - initial }

    private let initial: Int
    private let maximum: Int
    /// What the sender can have sent of in this round: a larger window takes a round trip to show.
    private var known: Int
    /// Bytes still to come that were allowed before the window grew on a long link; the first byte behind them shows that
    /// the sender has heard of it.
    private var promised = 0
    private var roundBegan: NIODeadline?
    private var roundBytes = 0
    private var readerKeptUp = true

    /// Below this round trip a small window is never the bottleneck: 256 KiB in 2 ms are 128 MiB a second.
    static let shortestRoundTrip = TimeAmount.milliseconds(2)
    /// How many times its first size a window may have below that: what a reader who stops then pins.
    static let shortLinkGrowth = 4
    /// From this round trip on a window grows fourfold, as soon as the sender has filled the last one: anything less would
    /// spend more of a download than its bytes.
    static let longRoundTrip = TimeAmount.milliseconds(100)

    init(initial: Int, maximum: Int) {
        size = initial
        known = initial
        self.initial = initial
        self.maximum = maximum
    }

    mutating func received(_ count: Int) {
        unread += count
        let early = min(count, promised)
        promised -= early
        roundBytes += count - early
    }

    /// The reader cannot take more at present; the round does not count towards growth.
    mutating func readerStalled() { readerKeptUp = false }

    /// The reader took bytes.
    ///
    /// - Parameters:
    ///   - count: How many; never more than are unread.
    ///   - now: The present time; asked only when it matters.
    ///   - roundTrip: The tunnel's round-trip time, nil while unknown.
    ///   - allowance: By how much it may grow at most.
    /// - Returns: The new size when it changes.
    mutating func read(
        _ count: Int,
        now: @autoclosure () -> NIODeadline,
        roundTrip: TimeAmount?,
        allowance: Int
    ) -> Int? {
        let wasUnread = unread
        unread -= min(count, unread)
        guard let roundTrip else { return nil }
        guard roundTrip >= Self.shortestRoundTrip else { return readOnShortLink(wasUnread, now, allowance) }
        let isLong = roundTrip >= Self.longRoundTrip
        guard !isLong || promised == 0 else { return nil }
        let now = now()
        let began = roundBegan ?? beginRound(now, with: isLong ? roundBytes : 0)
        guard now - began >= roundTrip else {
            return isLong && isBusy && readerKeptUp ? growOnLongLink(now, allowance) : nil
        }
        // A round that took much longer says nothing, the sender may have paused.
        let wasBusy = isBusy && now - began < roundTrip * 4
        let keptUp = readerKeptUp
        if keptUp, wasBusy, isLong { return growOnLongLink(now, allowance) }
        readerKeptUp = true
        known = size
        beginRound(now, with: 0)
        if keptUp { return wasBusy ? resize(min(size * 2, maximum, size + max(0, allowance))) : nil }
        return wasUnread * 2 >= size ? resize(max(size / 2, initial)) : nil
    }

    /// A round here is most of a window, and what counts is whether that came faster than ``shortestRoundTrip``.
    private mutating func readOnShortLink(_ wasUnread: Int, _ now: () -> NIODeadline, _ allowance: Int) -> Int? {
        known = size
        guard isBusy else { return nil }
        let (began, now, keptUp) = (roundBegan, now(), readerKeptUp)
        beginRound(now, with: 0)
        readerKeptUp = true
        guard keptUp else { return wasUnread * 2 >= size ? resize(max(size / 2, initial)) : nil }
        guard let began, now - began <= Self.shortestRoundTrip else { return nil }
        let ceiling = max(size, min(maximum, initial * Self.shortLinkGrowth))
        return resize(min(size * 2, ceiling, size + max(0, allowance)))
    }

    /// Grows before the round is over, for whoever sent most of a window will wait for the rest of it.
    ///
    /// The next round begins with the first byte that the sender could not have sent without knowing of this: a clock would
    /// take what was under way meanwhile for a sign that the window is large enough.
    private mutating func growOnLongLink(_ now: NIODeadline, _ allowance: Int) -> Int? {
        let before = size
        let next = resize(min(size * 4, maximum, size + max(0, allowance)))
        readerKeptUp = true
        beginRound(now, with: 0)
        guard next != nil else {
            known = size
            return nil
        }
        known = size - before
        promised = before - unread
        roundBegan = nil
        return next
    }

    /// Two thirds of a window within one round trip: the sender is, or soon will be, waiting for credit.
    private var isBusy: Bool { roundBytes * 3 >= known * 2 }

    private mutating func resize(_ next: Int) -> Int? {
        guard next != size else { return nil }
        known = min(known, next)
        size = next
        return next
    }

    @discardableResult
    private mutating func beginRound(_ now: NIODeadline, with bytes: Int) -> NIODeadline {
        roundBegan = now
        roundBytes = bytes
        return now
    }
}
