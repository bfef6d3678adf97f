import NIOCore

/// A pause that can be cut short.
///
/// ## Concurrency
/// Belongs to its event loop.
final class InterruptiblePause {
    private let eventLoop: any EventLoop
    private var over: EventLoopPromise<Void>?
    private var timer: Scheduled<Void>?
    private var isClosed = false
    private var mayBeCutShort = true

    init(on eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    /// - Parameters:
    ///   - time: How long to wait.
    ///   - mayBeCutShort: Whether the pause is ours, and not what the edge asked for.
    /// - Returns: Done when the time has passed, or the pause was ended.
    func begin(_ time: TimeAmount, mayBeCutShort: Bool) -> EventLoopFuture<Void> {
        self.mayBeCutShort = mayBeCutShort
        guard !isClosed else { return eventLoop.makeSucceededVoidFuture() }
        let promise = eventLoop.makePromise(of: Void.self)
        over = promise
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        timer = eventLoop.scheduleTask(in: time) { bound.value.end() }
        return promise.futureResult
    }

    /// Ends the present pause, unless it is one that somebody else has asked for.
    func cutShort() {
        if mayBeCutShort { end() }
    }

    /// Ends the present pause, if there is one.
    func end() {
        timer?.cancel()
        timer = nil
        over?.succeed()
        over = nil
    }

    /// Ends the present pause and every later one at once.
    func close() {
        isClosed = true
        end()
    }
}
