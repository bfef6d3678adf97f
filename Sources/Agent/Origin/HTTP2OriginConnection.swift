import HTTP2
import HTTPFields
import NIOCore

/// One HTTP/2 connection to an origin, of which this end is the client.
///
/// It is of use once the origin's SETTINGS are there: they prove that it speaks HTTP/2 at all, and say how many streams
/// it takes and whether WebSockets among them (RFC 8441, 3).
///
/// ## Concurrency
/// Belongs to its channel's event loop.
final class HTTP2OriginConnection: HTTP2ConnectionDelegate {
    private weak var origin: HTTP2Origin?
    private let budget: MemoryBudget
    private(set) var handler: HTTP2Handler?
    private var state = State.settling
    private var timer: Scheduled<Void>?

    private enum State { case settling, ready, leaving, over }

    init(origin: HTTP2Origin, budget: MemoryBudget) {
        self.origin = origin
        self.budget = budget
    }

    /// How many more streams the origin takes at present.
    var freeStreams: Int {
        guard state == .ready, let handler, let settings = handler.peerSettings else { return 0 }
        return max(0, settings.concurrentStreams - handler.openStreams)
    }

    var allowsExtendedConnect: Bool { handler?.peerSettings?.allowsExtendedConnect ?? false }

    // MARK: The beginning

    func expectSettings(within deadline: TimeAmount, on eventLoop: any EventLoop) {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        // A little more than the socket has, whose own deadline says more precisely what was late.
        timer = eventLoop.scheduleTask(in: deadline + .milliseconds(100)) { bound.value.fail(.silent) }
    }

    /// Speaks HTTP/2 on the connection that was made.
    func begin(on channel: any Channel) {
        guard state == .settling else { return channel.close(promise: nil) }
        do {
            let handler = try HTTP2Handler(role: .client, limits: .towardsOrigin, budget: budget, delegate: self)
            self.handler = handler
            try channel.pipeline.syncOperations.addHandler(handler)
        } catch {
            fail(.closed)
            channel.close(promise: nil)
        }
    }

    /// The connection did not come about.
    func fail(_ failure: OriginFailure) {
        guard state == .settling else { return }
        end()
        origin?.connectionFailed(self, failure)
        handler?.close()
        handler = nil
    }

    // MARK: HTTP2ConnectionDelegate

    func connection(_ handler: HTTP2Handler, received settings: HTTP2Event.PeerSettings) {
        if state == .settling {
            timer?.cancel()
            state = .ready
        }
        origin?.connectionHasRoom(self)
    }

    /// An origin opens no streams: push is switched off (RFC 9113, 8.4).
    func connection(
        _ handler: HTTP2Handler,
        accepted stream: HTTP2Stream,
        request: FieldSection
    ) -> (any HTTP2StreamDelegate)? { nil }

    func connection(_ handler: HTTP2Handler, peerLeaving code: HTTP2ErrorCode, debug: ByteBuffer) { leave() }

    func connection(_ handler: HTTP2Handler, measured roundTrip: TimeAmount) {}

    func connection(_ handler: HTTP2Handler, ended reason: HTTP2Handler.End) {
        switch state {
        case .settling: fail(.notHTTP2)
        case .ready:
            end()
            origin?.retire(self)
        case .leaving: end()
        case .over: break
        }
        // The handler keeps its delegate, and this the handler.
        self.handler = nil
    }

    // MARK: Ends

    /// No new streams any more: the origin said GOAWAY, the identifiers are used up, or the connection is lost.
    func leave() {
        guard state == .ready else { return }
        state = .leaving
        origin?.retire(self)
        if handler?.openStreams == 0 { close() }
    }

    func streamEnded() {
        origin?.connectionHasRoom(self)
        guard state == .leaving, let handler, handler.openStreams == 0 else { return }
        close()
    }

    func close() {
        end()
        handler?.goAway(.noError)
        handler?.close()
        handler = nil
    }

    private func end() {
        state = .over
        timer?.cancel()
    }
}

extension HTTP2Limits {
    /// For the connection to an origin: the peer is the owner's own service, which may send as fast as it likes and
    /// must not fill the agent with what visitors are slow to take.
    static var towardsOrigin: HTTP2Limits {
        var limits = HTTP2Limits.towardsEdge
        // On loopback, a small window is a fast one; five hundred stalled visitors fit under the budget.
        limits.initialStreamWindow = 64 * 1024
        limits.maximumStreamWindow = 1024 * 1024
        limits.windowGrowth = 8 * 1024 * 1024
        limits.connectionWindow = 8 * 1024 * 1024
        limits.receiveBudget = 40 * 1024 * 1024
        return limits
    }
}
