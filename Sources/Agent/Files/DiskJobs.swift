import NIOCore
import NIOPosix

/// What may wait for a disk, done on other threads than those of the network.
///
/// A few jobs are under way at a time and the rest wait in the order in which they came, so that a disk that hangs
/// takes a few threads of the process and not all.
///
/// ## Concurrency
/// Belongs to one event loop; only the jobs themselves run elsewhere.
final class DiskJobs {
    private let eventLoop: any EventLoop
    private let threads: NIOThreadPool
    private let limit: Int
    private(set) var underWay = 0
    private var waiting: [() -> Void] = []

    init(eventLoop: any EventLoop, threads: NIOThreadPool = .singleton, limit: Int = 2) {
        self.eventLoop = eventLoop
        self.threads = threads
        self.limit = limit
    }

    var areWaiting: Int { waiting.count }

    /// Does the job when its turn comes.
    ///
    /// - Parameters:
    ///   - isWanted: Asked when the turn comes; a job that nobody wants any more is dropped without a word.
    ///   - job: Runs on another thread.
    ///   - done: Hears what became of it, on the event loop, wanted or not.
    func run<Result: Sendable>(
        ifStill isWanted: @escaping () -> Bool,
        _ job: @escaping @Sendable () throws(FolderProblem) -> Result,
        done: @escaping (Swift.Result<Result, FolderProblem>) -> Void
    ) {
        let start = { [self] in
            guard isWanted() else { return }
            underWay += 1
            let answer = NIOLoopBound(done, eventLoop: eventLoop)
            let jobs = NIOLoopBound(self, eventLoop: eventLoop)
            threads.runIfActive(eventLoop: eventLoop) { Self.outcome(of: job) }
                .whenComplete { outcome in
                    jobs.value.underWay -= 1
                    // What the pool itself fails with says that it is shut down: the process is at its end.
                    switch outcome {
                    case .success(let result): answer.value(result)
                    case .failure: answer.value(.failure(.exhausted))
                    }
                    jobs.value.startWaiting()
                }
        }
        waiting.append(start)
        startWaiting()
    }

    /// Forgets all that has not begun.
    func close() { waiting = [] }

    private static func outcome<Result>(of job: () throws(FolderProblem) -> Result)
        -> Swift.Result<Result, FolderProblem>
    {
        do throws(FolderProblem) { return .success(try job()) } catch { return .failure(error) }
    }

    private func startWaiting() {
        while underWay < limit, !waiting.isEmpty { waiting.removeFirst()() }
    }
}
