import HTTP2

/// The HTTP/1.1 connections to origins that one tunnel has, over all of its endpoints.
///
/// ## Concurrency
/// Belongs to the event loop of the tunnel, like the pools that share it.
final class ConnectionBudget {
    struct Limits: Sendable, Equatable {
        /// Kept for another request: beyond, a connection is closed after its response.
        var resting = 1024
        /// Beyond, a request that needs one more is refused.
        ///
        /// Every stream has one at most, so visitors who stay do not get there; those who leave while a connection is
        /// being made, again and again, do.
        var open = HTTP2Limits.towardsEdge.concurrentStreams + 2048
    }

    private let limits: Limits
    /// Open or being opened.
    private(set) var open = 0
    /// Of those, the ones that wait for a request.
    private(set) var resting = 0

    init(_ limits: Limits = Limits()) { self.limits = limits }

    var mayOpen: Bool { open < limits.open }
    var mayRest: Bool { resting < limits.resting }

    func opens() { open += 1 }
    func ended() { open -= 1 }
    func rests(_ count: Int = 1) { resting += count }
    func leavesRest(_ count: Int = 1) { resting -= count }
}
