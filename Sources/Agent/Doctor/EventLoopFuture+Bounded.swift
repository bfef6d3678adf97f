import NIOCore

extension EventLoopFuture where Value: Sendable {
    /// Fails with ``ChannelError/connectTimeout(_:)`` when this future is not done in time; what it brings then is lost.
    func bounded(by deadline: TimeAmount) -> EventLoopFuture<Value> {
        let promise = eventLoop.makePromise(of: Value.self)
        let timer = eventLoop.scheduleTask(in: deadline) { promise.fail(ChannelError.connectTimeout(deadline)) }
        whenComplete { result in
            timer.cancel()
            promise.completeWith(result)
        }
        return promise.futureResult
    }
}
