import Logging
import NIOCore
import NIOPosix
import Synchronization

// A password file that changes is read anew, without a restart.
extension BasicAuthentication {
    /// The file is looked at no more often than this.
    static let lookEvery = TimeAmount.seconds(1)

    /// Has the file looked at when that is due.
    ///
    /// - Returns: What to wait for before anybody is let in; nil when the last look was just now.
    func lookIfDue(on eventLoop: any EventLoop) -> EventLoopFuture<Void>? {
        let now = eventLoop.now
        let promise = eventLoop.makePromise(of: Void.self)
        let step = state.withLock { state -> Look in
            if state.looking != nil {
                state.looking?.append(promise)
                return .isUnderWay
            }
            guard now - state.lookedAt >= Self.lookEvery else { return .isNotDue }
            state.looking = [promise]
            return .isDue
        }
        switch step {
        case .isNotDue:
            promise.succeed()
            return nil
        case .isUnderWay: return promise.futureResult
        case .isDue:
            // A disk may be slow, so no event loop waits for it.
            NIOThreadPool.singleton.submit { [self] _ in look(at: now) }
            return promise.futureResult
        }
    }

    private enum Look { case isNotDue, isUnderWay, isDue }

    private func look(at now: NIODeadline) {
        let known = state.withLock { ($0.stamp, $0.broken) }
        let sight = sight(known: known.0, broken: known.1)
        let waiting = state.withLock { $0.looked(sight, at: now) }
        switch sight {
        case .same, .stillBroken: break
        case .fresh: logger.notice("the password file has been read anew", metadata: ["file": "\(path)"])
        case .broken(_, let problem):
            logger.error(
                "the password file cannot be used; the passwords from before stay",
                metadata: ["file": "\(path)", "problem": "\(problem)"]
            )
        }
        for promise in waiting { promise.succeed() }
    }

    /// What a look at the file shows.
    enum Sight: Sendable {
        case same
        case fresh(PasswordFile.Stamp, PasswordList)
        /// No stamp means that the file is not there.
        case broken(PasswordFile.Stamp?, VisitorRulesError)
        case stillBroken
    }

    private func sight(known: PasswordFile.Stamp, broken: Broken?) -> Sight {
        let stamp: PasswordFile.Stamp
        do throws(VisitorRulesError) { stamp = try file.stamp() } catch {
            return broken == .missing ? .stillBroken : .broken(nil, error)
        }
        if broken == .unusable(stamp) { return .stillBroken }
        if broken == nil, stamp == known { return .same }
        do throws(VisitorRulesError) {
            let (stamp, list) = try file.read()
            return .fresh(stamp, list)
        } catch {
            return .broken(stamp, error)
        }
    }

    /// Why the file as it is now is not the one that was read.
    enum Broken: Sendable, Equatable {
        case missing
        case unusable(PasswordFile.Stamp)
    }
}

extension BasicAuthentication.State {
    /// The file has been looked at.
    ///
    /// - Returns: Whoever waited for that.
    fileprivate mutating func looked(
        _ sight: BasicAuthentication.Sight,
        at now: NIODeadline
    ) -> [EventLoopPromise<Void>] {
        lookedAt = now
        switch sight {
        case .same, .stillBroken: break
        case .fresh(let stamp, let list):
            self.stamp = stamp
            broken = nil
            // The same passwords under a new time need not be checked again.
            guard list != self.list else { break }
            self.list = list
            generation += 1
            accepted = [:]
        case .broken(let stamp, _): broken = stamp.map { .unusable($0) } ?? .missing
        }
        let waiting = looking ?? []
        looking = nil
        return waiting
    }
}
