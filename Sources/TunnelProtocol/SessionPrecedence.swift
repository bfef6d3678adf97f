/// What identifies a session among those of one device at one edge.
package struct SessionID: Sendable, Equatable {
    package let instance: String
    package let epoch: UInt64
    package let slot: Int

    package init(_ hello: Hello) {
        instance = hello.instance
        epoch = hello.epoch
        slot = hello.slot
    }
}

/// Which of two sessions of one device may stay.
package enum SessionPrecedence: Sendable, Equatable {
    /// The newcomer takes over; the present session ends at once.
    case replaces
    /// Both stay: they are two tunnels of one process.
    case coexists
    /// The newcomer is an older dial that arrived late, or of an older process, and goes.
    case yields

    /// Decides for a newcomer against a session that is up.
    ///
    /// Between processes the one that the edge met later wins, since their clocks cannot be compared; within one process
    /// the epoch decides. A session without a control stream (nil) has no process and is replaced by any newcomer.
    package static func of(
        _ newcomer: SessionID?,
        over present: SessionID?,
        in order: InstanceOrder
    ) -> SessionPrecedence {
        guard let newcomer, let present else { return .replaces }
        guard newcomer.instance == present.instance else {
            return order.isOlder(newcomer.instance, than: present.instance) ? .yields : .replaces
        }
        guard newcomer.slot == present.slot else { return .coexists }
        return newcomer.epoch > present.epoch ? .replaces : .yields
    }
}
