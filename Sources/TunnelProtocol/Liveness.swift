package import NIOCore

/// Decides when a silent peer is dead.
///
/// A value without a clock.
package struct Liveness: Sendable {
    package enum Verdict: Equatable, Sendable { case carryOn, ping, dead }

    private let interval: TimeAmount
    private let patience: TimeAmount
    private var nextPing: NIODeadline

    package init(
        interval: TimeAmount = TimeAmount(TunnelConstants.heartbeatInterval),
        patience: TimeAmount = TimeAmount(TunnelConstants.deadAfter),
        now: NIODeadline
    ) {
        self.interval = interval
        self.patience = patience
        nextPing = now + interval
    }

    /// Judges by the moment at which the last byte of the peer arrived.
    package mutating func tick(at now: NIODeadline, lastReceived: NIODeadline) -> Verdict {
        if now - lastReceived >= patience { return .dead }
        guard now >= nextPing else { return .carryOn }
        nextPing = now + interval
        return .ping
    }
}

/// Numbers the heartbeats of one end and measures their round trips.
///
/// A value without a clock.
package struct Heartbeats: Sendable {
    private let interval: TimeAmount
    private var sequence: UInt64 = 0
    private var lastSent: NIODeadline
    private var awaited: (sequence: UInt64, sent: NIODeadline)?

    init(interval: TimeAmount = TimeAmount(TunnelConstants.heartbeatInterval), now: NIODeadline) {
        self.interval = interval
        lastSent = now
    }

    mutating func due(at now: NIODeadline) -> Beat? {
        guard now - lastSent >= interval else { return nil }
        sequence += 1
        lastSent = now
        awaited = (sequence, now)
        return Beat(seq: sequence)
    }

    /// The round-trip time of the heartbeat that is answered; nil for one that nobody waits for.
    mutating func answered(_ beat: Beat, at now: NIODeadline) -> TimeAmount? {
        guard let awaited, awaited.sequence == beat.seq else { return nil }
        self.awaited = nil
        return now - awaited.sent
    }
}
