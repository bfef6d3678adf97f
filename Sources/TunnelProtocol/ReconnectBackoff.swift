package import NIOCore

/// How long an agent waits before it dials again: full jitter, doubling, with a cap.
///
/// The pauses begin anew only after a tunnel that was healthy for a minute, so that an edge that lets agents in and
/// throws them out at once does not meet a storm. A value without a clock.
package struct ReconnectBackoff: Sendable {
    private var failures = 0
    private var connectedAt: NIODeadline?

    package init() {}

    /// A tunnel came up.
    package mutating func connected(at now: NIODeadline) { connectedAt = now }

    /// A dial failed or a tunnel was lost.
    ///
    /// - Parameters:
    ///   - now: The present time.
    ///   - retryAfter: What the edge asked for, if it did; spread over a tenth more, taken for an hour at most.
    ///   - generator: Where the jitter comes from.
    /// - Returns: How long to wait.
    package mutating func pause(
        at now: NIODeadline,
        retryAfter: Duration? = nil,
        using generator: inout some RandomNumberGenerator
    ) -> Duration {
        if let connectedAt, now - connectedAt >= TimeAmount(TunnelConstants.healthyAfter) { failures = 0 }
        connectedAt = nil
        let ceiling = min(TunnelConstants.backoffBase * (1 << min(failures, 16)), TunnelConstants.backoffCap)
        failures += 1
        if let retryAfter = retryAfter.map({ min(max($0, .zero), TunnelConstants.longestRetryAfter) }) {
            return retryAfter + retryAfter * Double.random(in: 0...0.1, using: &generator)
        }
        return ceiling * Double.random(in: 0...1, using: &generator)
    }
}
