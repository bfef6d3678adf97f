import NIOPosix
import Synchronization
import TunnelProtocol

/// Where everything is done that may wait for the folder's lock, for the disk or for OpenSSL: one thread, in order.
///
/// At the limit nobody is let in, and who waited too long is turned away without his work being begun: then the answer
/// would be late in any case. What the service does by itself always has a place.
///
/// ## Concurrency
/// The thread belongs to this object; the count of those inside is behind a lock.
package final class IssuingQueue: Sendable {
    /// The bounds of the queue.
    package struct Limits: Sendable {
        /// How many wait or are served at the same time.
        package var places = 64
        /// How long one may wait for his turn.
        package var patience = Duration.seconds(5)

        /// The limits of the service.
        package static let standard = Limits()
    }

    private let limits: Limits
    private let thread = NIOThreadPool(numberOfThreads: 1)
    private let inside = Mutex(0)

    /// A queue whose thread runs until ``stop()``.
    package init(limits: Limits = .standard) {
        self.limits = limits
        thread.start()
    }

    /// Runs `work` in its turn, however many wait and however long it takes.
    func runInAnyCase<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await thread.runIfActive { try work() }
    }

    /// Runs `work` in its turn.
    ///
    /// - Throws: ``IssuerRefusal`` when the queue is full or its turn came too late, otherwise what `work` throws.
    package func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try enter()
        defer { inside.withLock { $0 -= 1 } }
        let latest = ContinuousClock.now + limits.patience
        return try await thread.runIfActive {
            guard ContinuousClock.now < latest else { throw IssuerRefusal(.unavailable) }
            return try work()
        }
    }

    private func enter() throws(IssuerRefusal) {
        let hasEntered = inside.withLock { inside in
            guard inside < limits.places else { return false }
            inside += 1
            return true
        }
        guard hasEntered else { throw IssuerRefusal(.tooMany) }
    }

    /// Waits for what is being done and ends the thread.
    package func stop() async throws { try await thread.shutdownGracefully() }
}
