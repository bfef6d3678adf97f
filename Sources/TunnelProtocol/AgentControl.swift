package import NIOCore

/// The agent's side of a control stream.
///
/// A value without I/O and clock.
package enum AgentControl: ~Copyable, Sendable {
    case awaitingWelcome(deadline: NIODeadline)
    case open(Heartbeats, RenewalWait)
    case draining(Heartbeats, RenewalWait)
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
        case renewed(Renewed)
        case renewalRefused(RenewalRefused)
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
                self = .open(Heartbeats(now: now), RenewalWait())
                return .welcomed(welcome)
            case .refused(let refused):
                self = .awaitingWelcome(deadline: deadline)
                return .refused(refused)
            case .superseded(let superseded):
                self = .closed
                return .superseded(superseded)
            case .registered, .renewed, .renewalRefused, .heartbeat, .ack, .drain:
                self = .closed
                return .fail(.unexpected)
            }
        case .open(var heartbeats, var renewal):
            let answer = Self.answer(message, &heartbeats, &renewal, now)
            switch answer {
            case .superseded, .fail: self = .closed
            case .drain: self = .draining(heartbeats, renewal)
            case .welcomed, .registered, .refused, .renewed, .renewalRefused, .send, .measured, .ignore:
                self = .open(heartbeats, renewal)
            }
            return answer
        case .draining(var heartbeats, var renewal):
            let answer = Self.answer(message, &heartbeats, &renewal, now)
            switch answer {
            case .superseded, .fail: self = .closed
            case .drain, .welcomed, .registered, .refused, .renewed, .renewalRefused, .send, .measured, .ignore:
                self = .draining(heartbeats, renewal)
            }
            return answer
        case .closed:
            self = .closed
            return .ignore
        }
    }

    private static func answer(
        _ message: EdgeMessage,
        _ heartbeats: inout Heartbeats,
        _ renewal: inout RenewalWait,
        _ now: NIODeadline
    ) -> Received {
        switch message {
        case .welcome: .fail(.unexpected)
        case .registered(let registered): .registered(registered)
        case .refused(let refused): .refused(refused)
        case .renewed(let renewed): renewal.end() ? .renewed(renewed) : .ignore
        case .renewalRefused(let refused): renewal.end() ? .renewalRefused(refused) : .ignore
        case .heartbeat(let beat): .send(.ack(beat))
        case .ack(let beat): heartbeats.answered(beat, at: now).map { .measured($0) } ?? .ignore
        case .drain(let drain): .drain(.seconds(max(0, drain.deadlineSeconds)))
        case .superseded(let superseded): .superseded(superseded)
        }
    }

    /// A certificate is due.
    ///
    /// - Returns: Whether to send `renew` now: not before the welcome, not while another waits for its answer, and not
    ///   towards an edge that leaves.
    package mutating func renewalDue(at now: NIODeadline) -> Bool {
        switch consume self {
        case .awaitingWelcome(let deadline):
            self = .awaitingWelcome(deadline: deadline)
            return false
        case .open(let heartbeats, var renewal):
            let begins = renewal.begin(at: now)
            self = .open(heartbeats, renewal)
            return begins
        case .draining(let heartbeats, let renewal):
            self = .draining(heartbeats, renewal)
            return false
        case .closed:
            self = .closed
            return false
        }
    }

    /// What to do now that time has passed.
    package enum Tick: Sendable, Equatable {
        case carryOn
        case send(AgentMessage)
        case welcomeIsLate
        /// The edge does not answer `renew`; an older one does not know it.
        case renewalIsLate
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
        case .open(var heartbeats, var renewal):
            let answer = Self.tick(&heartbeats, &renewal, now)
            self = .open(heartbeats, renewal)
            return answer
        case .draining(var heartbeats, var renewal):
            let answer = Self.tick(&heartbeats, &renewal, now)
            self = .draining(heartbeats, renewal)
            return answer
        case .closed:
            self = .closed
            return .carryOn
        }
    }

    private static func tick(_ heartbeats: inout Heartbeats, _ renewal: inout RenewalWait, _ now: NIODeadline) -> Tick {
        if renewal.isLate(at: now) { return .renewalIsLate }
        return heartbeats.due(at: now).map { .send(.heartbeat($0)) } ?? .carryOn
    }

    /// The stream is over, whoever ended it.
    package mutating func ended() { self = .closed }
}
