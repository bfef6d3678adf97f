import Dispatch
import Synchronization

/// Runs reloads away from whoever asks for them, one after another.
///
/// A reload reads files, and a file on a server that does not answer is read for ever: nobody may wait for it, and the
/// process can end while it hangs. Requests while one waits are that one.
/// ## Concurrency
/// `isWaiting` is behind a lock; the reload runs on a queue of its own, never on the threads that Swift's tasks share.
final class ReloadQueue: Sendable {
    private let reload: @Sendable () -> Void
    private let queue = DispatchQueue(label: "reload")
    private let isWaiting = Mutex(false)

    init(_ reload: @escaping @Sendable () -> Void) { self.reload = reload }

    /// Asks for a reload that sees everything that is there now; returns at once.
    func request() {
        let isNew = isWaiting.withLock { isWaiting in
            defer { isWaiting = true }
            return !isWaiting
        }
        guard isNew else { return }
        queue.async { [self] in
            isWaiting.withLock { $0 = false }
            reload()
        }
    }
}
