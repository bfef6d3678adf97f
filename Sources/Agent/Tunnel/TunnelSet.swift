import NIOCore

/// The tunnels of one keeper that are not over: the current one, and those whose edge drains.
///
/// ## Concurrency
/// Belongs to the event loop of its tunnels.
final class TunnelSet {
    private let eventLoop: any EventLoop
    private var tunnels: [ObjectIdentifier: AgentTunnel] = [:]
    private var isFinishing = false

    init(on eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    /// Keeps a tunnel until it is over; one that comes too late leaves at once.
    func insert(_ tunnel: AgentTunnel) {
        tunnels[ObjectIdentifier(tunnel)] = tunnel
        let set = NIOLoopBound(self, eventLoop: eventLoop)
        let kept = NIOLoopBound(tunnel, eventLoop: eventLoop)
        tunnel.over.futureResult.whenComplete { _ in
            set.value.tunnels[ObjectIdentifier(kept.value)] = nil
        }
        if isFinishing { tunnel.leave() }
    }

    func forEach(_ body: (AgentTunnel) -> Void) {
        for tunnel in Array(tunnels.values) { body(tunnel) }
    }

    /// Lets every tunnel finish.
    ///
    /// - Parameter deadline: How long what is under way may take.
    /// - Returns: Done when none is left.
    func finish(within deadline: TimeAmount) -> EventLoopFuture<Void> {
        isFinishing = true
        let leaving = Array(tunnels.values)
        for tunnel in leaving { tunnel.finish(within: deadline) }
        return .andAllComplete(leaving.map(\.over.futureResult), on: eventLoop)
    }
}
