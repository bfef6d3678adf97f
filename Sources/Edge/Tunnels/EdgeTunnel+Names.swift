import Logging
import NIOCore
import TunnelProtocol

// The names and ports that an agent asks for.
extension EdgeTunnel {
    func register(_ register: Register) {
        switch BindingKind(rawValue: register.kind) {
        case .http: registerName(register)
        case .tcp?, .udp?: registerPort(register)
        case nil: refuse(register, .unsupportedKind)
        }
    }

    private func registerName(_ register: Register) {
        let now = NIODeadline.now()
        switch core.bindings.register(register.host, for: device, at: now) {
        case .failure(.nameLeased):
            refuse(register, .nameLeased, after: core.bindings.leaseLeft(of: register.host, at: now))
        case .failure(let refusal): refuse(register, refusal)
        case .success(let grant):
            hosts.insert(grant.host)
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

    func unregister(_ unregister: Unregister) {
        if ports.remove(unregister.binding) != nil {
            return core.raw.unregister(unregister.binding, of: device)
        }
        guard let host = core.bindings.unregister(unregister.binding, of: device) else { return }
        hosts.remove(host)
    }

    /// Says no, and where another answer can be had after a `pause`, how long that is.
    private func refuse(_ register: Register, _ refusal: RegistrationRefusal, after pause: TimeAmount? = nil) {
        logger.info("name refused", metadata: ["code": "\(refusal.rawValue)"])
        var refused = Refused(ref: register.ref, code: refusal)
        if let pause { refused.retryAfterSeconds = Int(pause.nanoseconds / 1_000_000_000) + 1 }
        control?.send(.refused(refused))
    }
}
