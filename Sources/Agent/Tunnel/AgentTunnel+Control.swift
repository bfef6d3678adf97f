import FoundationEssentials
import HTTP2
import Logging
import NIOCore
import TunnelProtocol

// What the edge says on the control stream.
extension AgentTunnel {
    func welcomed(_ welcome: Welcome) {
        welcomedAt = .now()
        update {
            $0.phase = .connected
            $0.problem = nil
            $0.connectedSince = .now
            $0.drainingSince = nil
        }
        offered(welcome.loops)
        endpointsChanged()
    }

    /// Tells the edge what it does not know yet of what is to be served.
    func endpointsChanged() {
        // A tunnel that drains or leaves gets nobody new, so it has nothing to ask for.
        guard welcomedAt != nil, isCurrent else { return }
        let update = endpoints.update()
        for message in update.messages { control?.send(message) }
        for (heir, registered) in update.inherited {
            crew.state.registered(registered, serial: heir.serial, in: self)
        }
        guard let exit = crew.state.exitWhenAllIsRefused(by: seat.edge), crew.configuration.endsWhenAllIsRefused
        else { return }
        verdict = .stopped(exit)
        leave()
    }

    func registered(_ registered: Registered) {
        guard isCurrent else { return }
        switch endpoints.registered(registered) {
        case .serves(let wanted): crew.state.registered(registered, serial: wanted.serial, in: self)
        case .giveBack(let message): control?.send(message)
        case .nothing: break
        case .rivals(let wanted, let other):
            let exit = AgentExit(rival: wanted.endpoint, of: other, under: registered.host)
            logger.warning(
                "endpoint refused",
                metadata: [
                    "edge": "\(seat.edge)", "endpoint": "\(wanted.endpoint.label)", "problem": "\(exit.problem)",
                ]
            )
            _ = crew.state.refused(exit, isPermanent: true, serial: wanted.serial, by: seat.edge)
        }
    }

    func refused(_ refused: Refused) {
        guard let ref = refused.ref else { return sessionRefused(refused) }
        guard let wanted = endpoints.refused(ref, isPermanent: refused.code.isPermanent) else { return }
        let exit = AgentExit(refused, endpoint: wanted.endpoint)
        logger.warning(
            "endpoint refused",
            metadata: [
                "edge": "\(seat.edge)",
                "endpoint": "\(wanted.endpoint.label)",
                "code": "\(refused.code.rawValue)",
                "problem": "\(exit.problem)",
            ]
        )
        let isPermanent = refused.code.isPermanent
        let mayGoOn = crew.state.refused(exit, isPermanent: isPermanent, serial: wanted.serial, by: seat.edge)
        guard isPermanent else { return askAgain(ref, after: refused.retryAfterSeconds) }
        guard !mayGoOn, crew.configuration.endsWhenAllIsRefused else { return }
        verdict = .stopped(exit)
        leave()
    }

    /// Asks for a name or a port again that was refused for now, at a moment of its own: others may wait for the same one.
    private func askAgain(_ ref: Int, after seconds: Int?) {
        let pause = min(.seconds(seconds ?? 30), TunnelConstants.longestRetryAfter)
        let spread = TimeAmount(pause + pause * Double.random(in: 0...0.1))
        // It may be an hour, in which a tunnel that has ended is not kept.
        eventLoop.assumeIsolated().scheduleTask(in: spread) { [weak self] in
            guard let self, isCurrent, let message = endpoints.registration(ref) else { return }
            control?.send(message)
        }
    }

    private func sessionRefused(_ refused: Refused) {
        verdict =
            refused.code.isPermanent
            ? .stopped(AgentExit(refused, endpoint: nil))
            : .ended(
                problem: "the edge refused for now: \(refused.code.sentence)",
                retryAfter: refused.retryAfterSeconds.map { .seconds($0) }
            )
        leave()
    }

    func superseded(_ superseded: Superseded) {
        let isOurOwn = superseded.instance == hello.instance
        // Our own newer dial has taken over: the old tunnel just ends, whatever notice follows.
        verdict =
            isOurOwn
            ? .ended(problem: "a newer tunnel of this agent has taken over", retryAfter: nil)
            : AgentExit(GoAwayNotice(.superseded, message: "")).map(TunnelOutcome.stopped)
        leave()
    }

    func controlFailed(_ error: ControlError) {
        verdict = .ended(problem: "the edge broke the control protocol (\(error.rawValue))", retryAfter: nil)
        leave()
    }
}
