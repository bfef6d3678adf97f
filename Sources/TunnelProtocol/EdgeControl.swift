package import NIOCore

/// The edge's side of a control stream.
///
/// A value without I/O and clock.
package enum EdgeControl: ~Copyable, Sendable {
    case awaitingHello(deadline: NIODeadline, MessageBudget)
    case open(Heartbeats, MessageBudget, isRenewing: Bool)
    case closed

    /// The control stream was accepted by the agent.
    package init(openedAt now: NIODeadline) {
        self = .awaitingHello(deadline: now + TimeAmount(TunnelConstants.helloDeadline), MessageBudget(now: now))
    }

    /// What to do about a message.
    package enum Received: Sendable, Equatable {
        case begin(Hello)
        case refuseProtocol
        case register(Register)
        case unregister(Unregister)
        /// Ask the issuer; ``renewalAnswered()`` comes with its answer.
        case renew(Renew)
        case send(EdgeMessage)
        case measured(TimeAmount)
        case ignore
        case fail(ControlError)
    }

    package mutating func received(_ message: AgentMessage, at now: NIODeadline) -> Received {
        switch consume self {
        case .awaitingHello(let deadline, var budget):
            guard budget.spend(at: now) else {
                self = .closed
                return .fail(.tooMany)
            }
            guard case .hello(let hello) = message else {
                self = .closed
                return .fail(.unexpected)
            }
            guard hello.protocol == TunnelConstants.protocolVersion else {
                // The agent may fall back to another version until the deadline.
                self = .awaitingHello(deadline: deadline, budget)
                return .refuseProtocol
            }
            self = .open(Heartbeats(now: now), MessageBudget(now: now), isRenewing: false)
            return .begin(hello)
        case .open(var heartbeats, var budget, let isRenewing):
            guard budget.spend(at: now) else {
                self = .closed
                return .fail(.tooMany)
            }
            let answer = Self.answer(message, &heartbeats, isRenewing: isRenewing, now)
            switch answer {
            case .fail: self = .closed
            case .renew: self = .open(heartbeats, budget, isRenewing: true)
            case .begin, .refuseProtocol, .register, .unregister, .send, .measured, .ignore:
                self = .open(heartbeats, budget, isRenewing: isRenewing)
            }
            return answer
        case .closed:
            self = .closed
            return .ignore
        }
    }

    /// Counts messages of unknown types: a newer agent may send some, not any number.
    ///
    /// - Parameters:
    ///   - count: How many came.
    ///   - now: When.
    /// - Returns: Whether the stream may go on.
    package mutating func mayGoOn(havingSkipped count: Int, at now: NIODeadline) -> Bool {
        guard count > 0 else { return true }
        switch consume self {
        case .awaitingHello(let deadline, var budget):
            let isFine = budget.spend(count, at: now)
            self = isFine ? .awaitingHello(deadline: deadline, budget) : .closed
            return isFine
        case .open(let heartbeats, var budget, let isRenewing):
            let isFine = budget.spend(count, at: now)
            self = isFine ? .open(heartbeats, budget, isRenewing: isRenewing) : .closed
            return isFine
        case .closed:
            self = .closed
            return true
        }
    }

    private static func answer(
        _ message: AgentMessage,
        _ heartbeats: inout Heartbeats,
        isRenewing: Bool,
        _ now: NIODeadline
    ) -> Received {
        switch message {
        case .hello: .fail(.unexpected)
        case .register(let register): .register(register)
        case .unregister(let unregister): .unregister(unregister)
        case .renew(let renew): isRenewing ? .send(.renewalRefused(RenewalRefused(.tooMany))) : .renew(renew)
        case .heartbeat(let beat): .send(.ack(beat))
        case .ack(let beat): heartbeats.answered(beat, at: now).map { .measured($0) } ?? .ignore
        }
    }

    /// The issuer has answered, or it has not.
    ///
    /// - Returns: Whether anybody waits to hear of it.
    package mutating func renewalAnswered() -> Bool {
        switch consume self {
        case .awaitingHello(let deadline, let budget):
            self = .awaitingHello(deadline: deadline, budget)
            return false
        case .open(let heartbeats, let budget, let isRenewing):
            self = .open(heartbeats, budget, isRenewing: false)
            return isRenewing
        case .closed:
            self = .closed
            return false
        }
    }

    /// What to do now that time has passed.
    package enum Tick: Sendable, Equatable {
        case carryOn
        case send(EdgeMessage)
        case helloIsLate
    }

    package mutating func tick(at now: NIODeadline) -> Tick {
        switch consume self {
        case .awaitingHello(let deadline, let budget):
            guard now >= deadline else {
                self = .awaitingHello(deadline: deadline, budget)
                return .carryOn
            }
            self = .closed
            return .helloIsLate
        case .open(var heartbeats, let budget, let isRenewing):
            let beat = heartbeats.due(at: now)
            self = .open(heartbeats, budget, isRenewing: isRenewing)
            return beat.map { .send(.heartbeat($0)) } ?? .carryOn
        case .closed:
            self = .closed
            return .carryOn
        }
    }

    /// The stream is over, whoever ended it.
    package mutating func ended() { self = .closed }
}
