import NIOPosix
import Synchronization

/// Where passwords are checked: away from the event loops, one after the other.
///
/// A check is made to be slow. Visitors who guess can thus have one thread of this machine at most, and wait in a queue that
/// has an end; whoever was let in before does not come here again.
///
/// ## Concurrency
/// What waits is guarded by a lock, which no check runs under.
final class PasswordChecks: Sendable {
    typealias Work = @Sendable () -> Void

    private struct State {
        var isRunning = false
        var waiting: [Work] = []
    }

    /// How many wait behind the one that runs: about two seconds of work at the standard cost.
    static let mostWaiting = 16

    /// All endpoints of a process together, because they share its processors.
    static let shared = PasswordChecks { work in NIOThreadPool.singleton.submit { _ in work() } }

    private let state = Mutex(State())
    private let run: @Sendable (@escaping Work) -> Void

    /// - Parameter run: Has the work done, not on this thread and in its own time.
    init(run: @escaping @Sendable (@escaping Work) -> Void) { self.run = run }

    /// Has something done in its turn.
    ///
    /// - Returns: False when too much waits already; it will not be done then.
    func submit(_ work: @escaping Work) -> Bool {
        let place = state.withLock { state -> Place in
            guard state.isRunning else {
                state.isRunning = true
                return .first
            }
            guard state.waiting.count < Self.mostWaiting else { return .none }
            state.waiting.append(work)
            return .behind
        }
        if place == .first { begin(work) }
        return place != .none
    }

    private enum Place { case first, behind, none }

    private func begin(_ work: @escaping Work) {
        run { [self] in
            work()
            let next = state.withLock { state -> Work? in
                guard !state.waiting.isEmpty else {
                    state.isRunning = false
                    return nil
                }
                return state.waiting.removeFirst()
            }
            if let next { begin(next) }
        }
    }
}
