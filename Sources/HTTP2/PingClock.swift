import NIOCore

/// Measures round trips by PINGs, one at a time.
///
/// A value without a clock.
struct PingClock {
    /// The smoothed time, nil before the first answer.
    private(set) var roundTrip: TimeAmount?
    private var inFlight: (payload: UInt64, sent: NIODeadline)?
    private var sent: UInt64 = 0

    /// Begins a measurement; nil while another is under way.
    ///
    /// - Returns: What the PING has to say.
    mutating func begin(at now: NIODeadline) -> UInt64? {
        guard inFlight == nil else { return nil }
        sent += 1
        inFlight = (sent, now)
        return sent
    }

    /// The PING could not be sent.
    mutating func abandon() { inFlight = nil }

    /// An answer came.
    ///
    /// - Returns: How long it took; nil for an answer that nobody waits for.
    mutating func answered(_ payload: UInt64, at now: NIODeadline) -> TimeAmount? {
        guard let ping = inFlight, ping.payload == payload else { return nil }
        inFlight = nil
        let measured = now - ping.sent
        roundTrip = roundTrip.map { .nanoseconds(($0.nanoseconds * 3 + measured.nanoseconds) / 4) } ?? measured
        return measured
    }
}
