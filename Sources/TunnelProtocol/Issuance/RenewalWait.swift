import NIOCore

/// Whether a `renew` waits for its answer, and until when.
///
/// A value without a clock.
package struct RenewalWait: Sendable, Equatable {
    private var deadline: NIODeadline?

    init() {}

    /// Begins to wait; false when one waits already.
    mutating func begin(at now: NIODeadline) -> Bool {
        guard deadline == nil else { return false }
        deadline = now + TimeAmount(TunnelConstants.renewalDeadline)
        return true
    }

    /// An answer came; false when nobody waited for one.
    mutating func end() -> Bool {
        defer { deadline = nil }
        return deadline != nil
    }

    /// Gives up once the time is over; true when it did.
    mutating func isLate(at now: NIODeadline) -> Bool {
        guard let deadline, now >= deadline else { return false }
        self.deadline = nil
        return true
    }
}
