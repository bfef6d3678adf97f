import NIOCore

/// Counts the messages of one agent, so that none makes the edge work without end.
///
/// A value without a clock.
package struct MessageBudget: Sendable {
    private var windowEnds: NIODeadline
    private var left = TunnelConstants.messagesPerWindow

    init(now: NIODeadline) { windowEnds = now + TimeAmount(TunnelConstants.messageWindow) }

    /// Takes one message off the budget; false when there is none left in this window.
    mutating func spend(at now: NIODeadline) -> Bool {
        if now >= windowEnds { self = MessageBudget(now: now) }
        guard left > 0 else { return false }
        left -= 1
        return true
    }
}
