import Logging
import NIOCore
import TunnelProtocol

// The names and ports that an agent asks for.
extension EdgeTunnel {
    /// More than the endpoints that an agent has; under a wildcard there is no other bound to the names of one.
    private static let hostsShown = 512

    func register(_ register: Register) {
        switch BindingKind(rawValue: register.kind) {
        case .http: registerName(register)
        case .tcp?, .udp?: registerPort(register)
        case nil: refuse(register, .unsupportedKind)
        }
    }

    private func registerName(_ register: Register) {
        switch core.bindings.register(register.host, for: device, at: .now()) {
        case .failure(let refusal): refuse(register, refusal.code, after: refusal.pause)
        case .success(let grant):
            // What the operator has bound is served without being in here, where it is only for operators to see.
            if !grant.isFixed || hosts.count < Self.hostsShown { hosts.insert(grant.host) }
            let url = core.configuration.publicURL.url(of: grant.host)
            logger.info("name registered", metadata: ["host": "\(grant.host)"])
            control?.send(
                .registered(Registered(ref: register.ref, binding: grant.id, host: grant.host, url: url, mode: "edge"))
            )
        }
    }

    private func registerPort(_ register: Register) {
        guard let kind = BindingKind(rawValue: register.kind) else { return refuse(register, .unsupportedKind) }
        core.raw.register(kind, port: register.port, for: self) { [self] result in
            switch result {
            case .failure(let refusal): refuse(register, refusal)
            case .success(let binding):
                ports.insert(binding.id)
                let port = binding.key.port
                let host = core.configuration.publicURL.baseDomain.text
                logger.info("port registered", metadata: ["kind": "\(kind.rawValue)", "port": "\(port)"])
                let url = "\(kind.rawValue)://\(host):\(port)"
                control?.send(
                    .registered(
                        Registered(
                            ref: register.ref,
                            binding: binding.id,
                            host: host,
                            url: url,
                            mode: "edge",
                            port: port
                        )
                    )
                )
            }
        }
    }

    /// Gives a name or a port back for the whole device, whichever of its tunnels registered it.
    func unregister(_ unregister: Unregister) {
        let tunnels = core.tunnels.tunnels(of: device)
        if core.raw.unregister(unregister.binding, of: device) {
            for tunnel in tunnels { tunnel.ports.remove(unregister.binding) }
        } else if let host = core.bindings.unregister(unregister.binding, of: device) {
            for tunnel in tunnels { tunnel.hosts.remove(host) }
        }
    }

    /// Says no, and where another answer can be had after a `pause`, how long that is.
    private func refuse(_ register: Register, _ refusal: RegistrationRefusal, after pause: TimeAmount? = nil) {
        logger.info("name refused", metadata: ["code": "\(refusal.rawValue)"])
        var refused = Refused(ref: register.ref, code: refusal)
        if let pause { refused.retryAfterSeconds = Int(pause.nanoseconds / 1_000_000_000) + 1 }
        control?.send(.refused(refused))
    }
}
