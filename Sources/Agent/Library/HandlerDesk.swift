import HTTP2
import Logging
import Synchronization

/// Runs an app's handler for every request that the tunnels bring, a bounded number of them at once.
///
/// ## Concurrency
/// Tunnels put requests in from their event loops. Handlers are children of the task that runs the desk; the lock owns
/// how many there are.
final class HandlerDesk: Sendable {
    typealias Handler = @Sendable (VisitorRequest) async throws -> VisitorResponse

    /// A request that is to be answered.
    struct Visit: Sendable {
        let request: VisitorRequest
        let line: VisitLine
        /// Ends when nobody waits for the answer any more.
        let gone: AsyncStream<Void>
    }

    /// How many requests are answered at once.
    let limit: Int
    private let handler: Handler
    private let logger: Logger
    private let visits: AsyncStream<Visit>
    private let arrivals: AsyncStream<Visit>.Continuation
    private let content = Mutex(Content())

    private struct Content {
        var underWay = 0
        var isClosed = false
    }

    init(limit: Int, logger: Logger, _ handler: @escaping Handler) {
        self.limit = limit
        self.logger = logger
        self.handler = handler
        // Bounded by the number of requests under way, those that no task has begun with included.
        (visits, arrivals) = AsyncStream.makeStream(of: Visit.self)
    }

    /// How many requests have not been answered yet.
    var load: Int { content.withLock { $0.underWay } }

    /// Has a request answered.
    ///
    /// - Throws: ``ClosureFailure`` when there are too many, or the desk is closed.
    func take(_ visit: Visit) throws(ClosureFailure) {
        let refusal = content.withLock { content -> ClosureFailure? in
            guard !content.isClosed else { return .cancelled }
            guard content.underWay < limit else { return .busy }
            content.underWay += 1
            return nil
        }
        if let refusal { throw refusal }
        guard case .enqueued = arrivals.yield(visit) else {
            left()
            throw .cancelled
        }
    }

    private func left() { content.withLock { $0.underWay -= 1 } }

    /// Takes no more requests; those under way are answered.
    func close() {
        content.withLock { $0.isClosed = true }
        arrivals.finish()
    }

    /// Answers requests until the desk is closed or the task is cancelled, which cancels the handlers as well.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await visit in visits {
                group.addTask { [self] in
                    await serve(visit)
                    left()
                }
            }
            close()
        }
    }

    /// Answers a request, or has the handler stop when nobody waits for its answer any more.
    private func serve(_ visit: Visit) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [self] in await answer(visit) }
            group.addTask { for await _ in visit.gone {} }
            await group.next()
            group.cancelAll()
            // Wakes a handler that waits for the visitor, and does nothing once the answer is complete.
            visit.line.end(.cancelled)
        }
    }

    private func answer(_ visit: Visit) async {
        do {
            let response = try await handler(visit.request)
            try await visit.line.send(response, toHead: visit.request.method == "HEAD")
        } catch {
            visit.line.end(failure(error, visit.request))
        }
    }

    private func failure(_ error: any Error, _ request: VisitorRequest) -> ClosureFailure {
        if Task.isCancelled { return .cancelled }
        if case VisitorBodyError.tooLarge = error { return .tooLarge }
        // The visitor is told nothing of it.
        logger.error(
            "handler failed",
            metadata: ["method": "\(request.method)", "host": "\(request.host)", "error": "\(error)"]
        )
        return .failed
    }
}
