/// The bytes that tunnels may hold for readers that have not taken them yet, over all tunnels of one event loop.
///
/// ## Concurrency
/// Belongs to one event loop, like the tunnels that share it; not `Sendable`.
package final class MemoryBudget {
    package let limit: Int
    package private(set) var used = 0
    /// Tunnels that keep their peers' credit back; at most one entry a tunnel.
    private var waiting: [() -> Void] = []

    package init(limit: Int) { self.limit = limit }

    /// Whether tunnels should keep back their peers' credit until readers have caught up.
    package var isExhausted: Bool { used > limit }

    func add(_ count: Int) { used += count }

    func remove(_ count: Int) {
        used -= count
        guard !waiting.isEmpty, !isExhausted else { return }
        let ready = waiting
        waiting = []
        for resume in ready { resume() }
    }

    func whenAvailable(_ resume: @escaping () -> Void) { waiting.append(resume) }
}
