import HTTPFields
import Logging
import NIOCore
import Synchronization
import TunnelProtocol

// From a request to a verdict.
extension BasicAuthentication {
    /// A wrong password is answered so long after it came, however long the check took.
    static let delayOfRefusal = TimeAmount.seconds(1)

    /// Decides about one request, on its event loop.
    func verdict(
        on request: FieldSection,
        from visitor: IPAddress?,
        _ eventLoop: any EventLoop
    ) -> VisitorGate.Verdict {
        guard let credentials = BasicCredentials(request) else { return .denied(.passwordNeeded) }
        guard let look = lookIfDue(on: eventLoop) else { return decide(credentials, visitor, eventLoop) }
        return .later(
            look.flatMap { [self] in
                switch decide(credentials, visitor, eventLoop) {
                case .allowed: eventLoop.makeSucceededFuture(.allowed)
                case .denied(let answer): eventLoop.makeSucceededFuture(.denied(answer))
                case .later(let decision): decision
                }
            }
        )
    }

    fileprivate enum Step {
        case allow
        case refuse(AgentAnswer)
        case lockOut(TimeAmount)
        case join(EventLoopFuture<Finding>)
        case check(EventLoopFuture<Finding>, PasswordHash, isKnown: Bool, generation: Int)
    }

    private func decide(
        _ credentials: BasicCredentials,
        _ visitor: IPAddress?,
        _ eventLoop: any EventLoop
    ) -> VisitorGate.Verdict {
        let now = eventLoop.now
        let attempt = Attempt(tag: tag(credentials), credentials: credentials, visitor: visitor)
        switch state.withLock({ $0.step(attempt, at: now, eventLoop) }) {
        case .allow: return .allowed
        case .refuse(let answer): return .denied(answer)
        case .lockOut(let time):
            logger.warning("a visitor tries too many passwords", metadata: attempt.metadata)
            return .denied(.tooManyAttempts(again: time))
        case .join(let finding): return .later(decision(finding, began: now, eventLoop))
        case .check(let finding, let hash, let isKnown, let generation):
            let isTaken = checks.submit { [self] in
                found(attempt, result(credentials, hash, isKnown: isKnown), generation: generation)
            }
            if !isTaken { found(attempt, .unchecked, generation: generation) }
            return .later(decision(finding, began: now, eventLoop))
        }
    }

    /// One try of one visitor.
    struct Attempt: Sendable {
        let tag: Tag
        let credentials: BasicCredentials
        let visitor: IPAddress?

        var source: AttemptLedger.Source { AttemptLedger.Source(visitor) }

        /// The name as it was typed, made safe for a log; never the password.
        var metadata: Logger.Metadata {
            ["visitor": "\(visitor?.description ?? "unknown")", "user": "\(credentials.user.quotable)"]
        }
    }

    private func result(_ credentials: BasicCredentials, _ hash: PasswordHash, isKnown: Bool) -> Finding {
        do {
            // Checked first: an unknown user costs what a known one does.
            let isRight = try matches(hash, credentials.password)
            return isRight && isKnown ? .right : .wrong
        } catch {
            return .unchecked
        }
    }

    /// A check is over, or there was no room for it.
    private func found(_ attempt: Attempt, _ finding: Finding, generation: Int) {
        let (waiting, finding, isNews) = state.withLock { $0.found(attempt, finding, generation: generation) }
        if isNews { logger.notice("a visitor gave a wrong password", metadata: attempt.metadata) }
        for promise in waiting { promise.succeed(finding) }
    }

    private func decision(
        _ finding: EventLoopFuture<Finding>,
        began: NIODeadline,
        _ eventLoop: any EventLoop
    ) -> EventLoopFuture<VisitorGate.Decision> {
        finding.flatMap { finding in
            switch finding {
            case .right: eventLoop.makeSucceededFuture(.allowed)
            case .unchecked: eventLoop.makeSucceededFuture(.denied(.busy))
            case .wrong:
                eventLoop.scheduleTask(deadline: began + Self.delayOfRefusal) { .denied(.passwordNeeded) }.futureResult
            }
        }
    }
}

extension BasicAuthentication.State {
    /// What to do about an attempt.
    fileprivate mutating func step(
        _ attempt: BasicAuthentication.Attempt,
        at now: NIODeadline,
        _ eventLoop: any EventLoop
    ) -> BasicAuthentication.Step {
        // Before anything else: whoever is locked out must not learn from another answer that a guess was right.
        if let time = ledger.lockRemaining(attempt.source, at: now) { return .refuse(.tooManyAttempts(again: time)) }
        if accepted[attempt.credentials.user] == attempt.tag { return .allow }
        if checking[attempt.tag] == nil, case .locked(let time) = ledger.attempt(attempt.source, at: now) {
            return .lockOut(time)
        }
        let promise = eventLoop.makePromise(of: BasicAuthentication.Finding.self)
        if checking[attempt.tag] != nil {
            checking[attempt.tag]?.append(promise)
            return .join(promise.futureResult)
        }
        checking[attempt.tag] = [promise]
        let (hash, isKnown) = list.hash(of: attempt.credentials.user)
        return .check(promise.futureResult, hash, isKnown: isKnown, generation: generation)
    }

    fileprivate mutating func found(
        _ attempt: BasicAuthentication.Attempt,
        _ finding: BasicAuthentication.Finding,
        generation: Int
    ) -> (waiting: [EventLoopPromise<BasicAuthentication.Finding>], finding: BasicAuthentication.Finding, isNews: Bool)
    {
        let waiting = checking.removeValue(forKey: attempt.tag) ?? []
        switch finding {
        case .right where generation == self.generation:
            ledger.succeeded(attempt.source)
            accepted[attempt.credentials.user] = attempt.tag
            return (waiting, finding, false)
        // The file has changed meanwhile, and may not say so any more: asked again, it is checked again.
        case .right: return (waiting, .unchecked, false)
        case .wrong: return (waiting, finding, ledger.failed(attempt.source))
        case .unchecked: return (waiting, finding, false)
        }
    }
}
