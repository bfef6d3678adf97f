package import FoundationEssentials

/// When an agent asks for its next certificate (yellow paper, 3.4).
///
/// A value without a clock: the present time comes with each call.
package struct RenewalSchedule: Sendable, Equatable {
    /// When to ask next.
    package private(set) var due: Date
    private var failures = 0

    /// Draws the moment between two thirds and three quarters of the life.
    package init(notBefore: Date, notAfter: Date, using generator: inout some RandomNumberGenerator) {
        let life = max(0, notAfter.timeIntervalSince(notBefore))
        due = notBefore + life * Double.random(in: 2.0 / 3...3.0 / 4, using: &generator)
    }

    /// There was no certificate: the next attempt comes later and later.
    ///
    /// - Parameters:
    ///   - now: The present time.
    ///   - refusal: What was said; nil when nothing was.
    ///   - retryAfter: What the edge asked for, if it did; at most an hour counts.
    ///   - generator: Where the jitter comes from.
    package mutating func failed(
        at now: Date,
        _ refusal: IssuanceRefusal?,
        retryAfter: Duration? = nil,
        using generator: inout some RandomNumberGenerator
    ) {
        let cap = TunnelConstants.renewalPauseCap
        let ceiling = min(TunnelConstants.renewalPauseBase * (1 << min(failures, 16)), cap)
        failures += 1
        guard refusal?.isPermanent != true else {
            // Only an operator can mend it, and may.
            due = now + cap / .seconds(1)
            return
        }
        var pause = ceiling * Double.random(in: 0.5...1, using: &generator)
        if let asked = retryAfter.map({ min(max($0, .zero), cap) }) {
            pause = max(pause, asked * Double.random(in: 1...1.1, using: &generator))
        }
        due = now + pause / .seconds(1)
    }
}
