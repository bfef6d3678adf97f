/// The processes of one device in the order in which an edge first met them, so that an older one stays the older.
///
/// Clocks of two processes cannot be compared, so the edge's own order counts: a process that dials again after another
/// has taken over is still the older of the two.
package struct InstanceOrder: Sendable, Equatable {
    private var oldestFirst: [String] = []

    package init() {}

    package var count: Int { oldestFirst.count }

    /// An instance has said hello: one that is not known is the newest; of too many, the oldest is forgotten.
    package mutating func met(_ instance: String) {
        guard !oldestFirst.contains(instance) else { return }
        if oldestFirst.count == TunnelConstants.instancesRemembered { oldestFirst.removeFirst() }
        oldestFirst.append(instance)
    }

    /// Whether an instance was met before another one; one that is not known is new.
    func isOlder(_ instance: String, than other: String) -> Bool {
        guard
            let position = oldestFirst.firstIndex(of: instance),
            let otherPosition = oldestFirst.firstIndex(of: other)
        else { return false }
        return position < otherPosition
    }
}
