import FoundationEssentials
import HTTP2
import TunnelProtocol

// What the edge says on the control stream.
extension AgentTunnel {
    func welcomed(_ welcome: Welcome) {
        update {
            $0.phase = .connected
            $0.problem = nil
            $0.connectedSince = .now
        }
        observe(.connected(keyExchange: welcome.keyExchange))
        for (ref, endpoint) in configuration.endpoints.enumerated() {
            let kind = endpoint.kind.rawValue
            control?.send(.register(Register(ref: ref, kind: kind, host: endpoint.name, port: endpoint.port)))
        }
    }

    func registered(_ registered: Registered) {
        guard configuration.endpoints.indices.contains(registered.ref) else { return }
        let endpoint = configuration.endpoints[registered.ref]
        switch endpoint.kind {
        case .http: hosts[registered.host] = origins[registered.ref]
        case .tcp, .udp: raw.registered(registered.binding, for: endpoint)
        }
        update {
            $0.endpoints[registered.ref].host = registered.host
            $0.endpoints[registered.ref].url = registered.url
            $0.endpoints[registered.ref].mode = registered.mode
        }
        observe(.registered(registered, target: endpoint.description))
    }

    func refused(_ refused: Refused) {
        let endpoint = refused.ref.flatMap { ref in
            configuration.endpoints.indices.contains(ref) ? configuration.endpoints[ref] : nil
        }
        guard refused.code.isPermanent else {
            verdict = .ended(
                problem: "the edge refused for now: \(refused.code.sentence)",
                retryAfter: refused.retryAfterSeconds.map { .seconds($0) }
            )
            return leave()
        }
        verdict = .stopped(AgentExit(refused, endpoint: endpoint))
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
