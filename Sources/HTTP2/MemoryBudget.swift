/// The bytes that tunnels may hold for readers that have not taken them yet, over all tunnels of one event loop.
///
/// ## Concurrency
/// Belongs to one event loop, like the tunnels that share it; not `Sendable`.
package final class MemoryBudget {
    package let limit: Int
    package private(set) var used = 0
    /// Tunnels that keep their peers' credit back; at most one entry a tunnel.
    private var waiting: [() -> Void] = []

    /// Connections that are over, of which readers still keep bytes.
    private var leftovers: [Leftover] = []

    private struct Leftover {
        weak var handler: HTTP2Handler?
        var keepsBytes: Bool { handler?.behind.isEmpty == false }
    }

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

    /// A connection is over, of which readers keep bytes.
    func left(_ handler: HTTP2Handler) {
        leftovers.removeAll { !$0.keepsBytes }
        leftovers.append(Leftover(handler: handler))
    }

    /// Lets go of all that is kept of connections that are over; those that go on need the memory more.
    func evictLeftovers() {
        let all = leftovers
        leftovers = []
        for leftover in all { leftover.handler?.evictLeftovers() }
    }

    func whenAvailable(_ resume: @escaping () -> Void) { waiting.append(resume) }
}
