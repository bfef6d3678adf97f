import NIOCore

/// Counts the messages of one agent, so that none makes the edge work without end.
///
/// A value without a clock.
package struct MessageBudget: Sendable {
    private var windowEnds: NIODeadline
    private var left = TunnelConstants.messagesPerWindow

    init(now: NIODeadline) { windowEnds = now + TimeAmount(TunnelConstants.messageWindow) }

    /// Takes messages off the budget; false when there are not so many left in this window.
    mutating func spend(_ count: Int = 1, at now: NIODeadline) -> Bool {
        if now >= windowEnds { self = MessageBudget(now: now) }
        guard left >= count else { return false }
        left -= count
        return true
    }
}
