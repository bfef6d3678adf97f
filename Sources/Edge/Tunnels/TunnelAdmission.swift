import NIOCore

/// Spreads agents that all come back at once: so many a second come in, each of the others is told its own second.
///
/// A handshake costs both ends about a millisecond of signatures, so a thousand agents whose edge was away for a moment
/// would keep it from serving anybody. Each refusal reserves the next free place at the same pace as places come free.
/// A value without a clock.
struct TunnelAdmission {
    enum Verdict: Equatable {
        case welcome
        /// Come back after so many seconds.
        case later(seconds: Int)
    }

    private var places: TokenBucket
    /// When the last place that was promised will be free.
    private var promised = NIODeadline.uptimeNanoseconds(0)

    /// Nobody is sent away for longer; the crowd is told apart by then, or tries again.
    static let longestWait = TimeAmount.seconds(120)

    /// - Parameters:
    ///   - perSecond: How many come in a second, at least 1.
    ///   - burst: How many may come at once after a quiet time.
    init(perSecond: Int, burst: Int) {
        places = TokenBucket(perSecond: perSecond, burst: burst)
    }

    mutating func admit(at now: NIODeadline) -> Verdict {
        guard !places.take(at: now) else { return .welcome }
        promised = min(max(promised, now) + places.interval, now + Self.longestWait)
        let wait = max(places.nextToken, promised) - now
        return .later(seconds: Int((wait.nanoseconds + 999_999_999) / 1_000_000_000))
    }
}
