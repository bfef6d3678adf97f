package import NIOCore

/// The agent's side of a control stream.
///
/// A value without I/O and clock.
package enum AgentControl: ~Copyable, Sendable {
    case awaitingWelcome(deadline: NIODeadline)
    case open(Heartbeats)
    case draining(Heartbeats)
    case closed

    /// The agent accepted the stream and has said hello.
    package init(openedAt now: NIODeadline) {
        self = .awaitingWelcome(deadline: now + TimeAmount(TunnelConstants.helloDeadline))
    }

    /// What to do about a message.
    package enum Received: Sendable, Equatable {
        case welcomed(Welcome)
        case registered(Registered)
        case refused(Refused)
        case send(AgentMessage)
        case measured(TimeAmount)
        case drain(Duration)
        case superseded(Superseded)
        case ignore
        case fail(ControlError)
    }

    package mutating func received(_ message: EdgeMessage, at now: NIODeadline) -> Received {
        switch consume self {
        case .awaitingWelcome(let deadline):
            switch message {
            case .welcome(let welcome):
                guard welcome.protocol == TunnelConstants.protocolVersion else {
                    self = .closed
                    return .fail(.unexpected)
                }
                self = .open(Heartbeats(now: now))
                return .welcomed(welcome)
            case .refused(let refused):
                self = .awaitingWelcome(deadline: deadline)
                return .refused(refused)
            case .superseded(let superseded):
                self = .closed
                return .superseded(superseded)
            case .registered, .heartbeat, .ack, .drain:
                self = .closed
                return .fail(.unexpected)
            }
        case .open(var heartbeats):
            let answer = Self.answer(message, &heartbeats, now)
            switch answer {
            case .superseded, .fail: self = .closed
            case .drain: self = .draining(heartbeats)
            case .welcomed, .registered, .refused, .send, .measured, .ignore: self = .open(heartbeats)
            }
            return answer
        case .draining(var heartbeats):
            let answer = Self.answer(message, &heartbeats, now)
            switch answer {
            case .superseded, .fail: self = .closed
            case .drain, .welcomed, .registered, .refused, .send, .measured, .ignore: self = .draining(heartbeats)
            }
            return answer
        case .closed:
            self = .closed
            return .ignore
        }
    }

    private static func answer(_ message: EdgeMessage, _ heartbeats: inout Heartbeats, _ now: NIODeadline) -> Received {
        switch message {
        case .welcome: .fail(.unexpected)
        case .registered(let registered): .registered(registered)
        case .refused(let refused): .refused(refused)
        case .heartbeat(let beat): .send(.ack(beat))
        case .ack(let beat): heartbeats.answered(beat, at: now).map { .measured($0) } ?? .ignore
        case .drain(let drain): .drain(.seconds(max(0, drain.deadlineSeconds)))
        case .superseded(let superseded): .superseded(superseded)
        }
    }

    /// What to do now that time has passed.
    package enum Tick: Sendable, Equatable {
        case carryOn
        case send(AgentMessage)
        case welcomeIsLate
    }

    package mutating func tick(at now: NIODeadline) -> Tick {
        switch consume self {
        case .awaitingWelcome(let deadline):
            guard now >= deadline else {
                self = .awaitingWelcome(deadline: deadline)
                return .carryOn
            }
            self = .closed
            return .welcomeIsLate
        case .open(var heartbeats):
            let beat = heartbeats.due(at: now)
            self = .open(heartbeats)
            return beat.map { .send(.heartbeat($0)) } ?? .carryOn
        case .draining(var heartbeats):
            let beat = heartbeats.due(at: now)
            self = .draining(heartbeats)
            return beat.map { .send(.heartbeat($0)) } ?? .carryOn
        case .closed:
            self = .closed
            return .carryOn
        }
    }

    /// The stream is over, whoever ended it.
    package mutating func ended() { self = .closed }
}
