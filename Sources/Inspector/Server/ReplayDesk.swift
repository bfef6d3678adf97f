import NIOCore

/// Sends requests again, a few at a time, and says which exchange each one became.
///
/// ## Concurrency
/// `run` owns a child task for each request that is under way; the route that asked for it waits for no more than the
/// beginning.
struct ReplayDesk: Sendable {
    /// What became of a request.
    enum Outcome: Equatable {
        /// It is an exchange now.
        case began(id: Int)
        /// It was handed over, and nothing of it was seen: its endpoint is not recorded, or slow to begin.
        case unseen
        /// The agent could not send it.
        case failed(String)
        /// Too many are under way.
        case busy
    }

    private struct Job: Sendable {
        let request: ReplayRequest
        let ended: AsyncStream<String?>.Continuation
    }

    /// Requests that wait or are under way.
    private static let places = 16

    private let log: ExchangeLog
    private let sender: ReplaySender
    /// For an exchange to appear.
    private let patience: Duration
    private let jobs: AsyncStream<Job>
    private let queue: AsyncStream<Job>.Continuation

    init(log: ExchangeLog, patience: Duration = .seconds(10), sender: @escaping ReplaySender) {
        self.log = log
        self.sender = sender
        self.patience = patience
        (jobs, queue) = AsyncStream.makeStream(of: Job.self, bufferingPolicy: .bufferingOldest(Self.places))
    }

    /// Sends what is asked for until the task is cancelled.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            var underWay = 0
            for await job in jobs {
                if underWay == Self.places {
                    await group.next()
                    underWay -= 1
                }
                underWay += 1
                group.addTask { await send(job) }
            }
            group.cancelAll()
        }
    }

    private func send(_ job: Job) async {
        do {
            try await sender(job.request)
            job.ended.yield(nil)
        } catch {
            job.ended.yield("\(error)")
        }
        job.ended.finish()
    }

    /// Hands a request over and waits for its exchange to begin.
    func replay(_ request: ReplayRequest) async -> Outcome {
        let updates = log.subscribe()
        let next = log.keptIDs.upperBound
        let (ends, ended) = AsyncStream.makeStream(of: String?.self, bufferingPolicy: .bufferingOldest(1))
        guard case .enqueued = queue.yield(Job(request: request, ended: ended)) else { return .busy }
        return await withTaskGroup(of: Outcome?.self) { group in
            group.addTask {
                for await summary in updates where summary.id >= next && summary.replayOf == request.replayOf {
                    return .began(id: summary.id)
                }
                return nil
            }
            group.addTask {
                for await problem in ends { return problem.map { .failed($0) } }
                return nil
            }
            group.addTask {
                do { try await Task.sleep(for: patience) } catch { return nil }
                return .unseen
            }
            defer { group.cancelAll() }
            // That it has been sent is no outcome: its exchange may be told a moment later.
            for await outcome in group { if let outcome { return outcome } }
            return .unseen
        }
    }
}
