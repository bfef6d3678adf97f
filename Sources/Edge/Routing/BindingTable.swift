package import NIOCore
import TunnelProtocol

/// How many names there may be, and how long they wait for their device.
package struct BindingLimits: Sendable {
    package var bindingsPerDevice = TunnelConstants.bindingsPerDevice
    package var bindings = 100_000
    package var lease = TimeAmount(TunnelConstants.leaseTime)

    package init() {}
}

/// Which device serves which host name, and for how long a name stays with a device that is away.
///
/// Names under the base domain are first come, first served; a device that disconnects keeps its names for the lease
/// time. What the operator has bound (`--bind`) is never taken by anyone else and needs no registration. A pure value:
/// the time comes with each call.
struct BindingTable {
    struct Binding: Equatable {
        let id: String
        let host: String
        let device: String
        /// Bound by the operator rather than registered by the device.
        let isFixed: Bool
        /// When the name becomes free; nil while the device is connected or the binding is fixed.
        var leaseEnds: NIODeadline?
    }

    let baseDomain: HostName
    let limits: BindingLimits
    private var byHost: [String: Binding] = [:]
    private var hostsOfDevice: [String: Set<String>] = [:]
    private var registrations: UInt64 = 0

    init(baseDomain: HostName, limits: BindingLimits = BindingLimits()) {
        self.baseDomain = baseDomain
        self.limits = limits
    }

    var count: Int { byHost.count }
    var bindings: some Collection<Binding> { byHost.values }

    /// Binds a name to a device for good, on the operator's word; the last word counts.
    mutating func fix(_ host: HostName, to device: String) {
        if let bound = byHost[host.text] { remove(bound) }
        insert(Binding(id: "fixed-\(host.text)", host: host.text, device: device, isFixed: true))
    }

    /// A device asks for a name, or with nil for one of the edge's choice.
    mutating func register(
        _ wanted: String?,
        for device: String,
        at now: NIODeadline
    ) -> Result<Binding, RegistrationRefusal> {
        guard let wanted else { return registerChosenName(for: device, at: now) }
        guard let host = completed(wanted) else { return .failure(.nameInvalid) }
        if let bound = byHost[host.text], bound.device == device { return .success(renewed(bound)) }
        // One label only: under `a.b.base` somebody else could set cookies for `b.base`.
        guard host.isDirectlyUnder(baseDomain) else { return .failure(.nameNotAllowed) }
        guard !ReservedNames.contains(host, under: baseDomain) else { return .failure(.nameReserved) }
        return claim(host.text, for: device, at: now)
    }

    /// A device gives a name back.
    ///
    /// - Returns: The name, when it held it.
    mutating func unregister(_ id: String, of device: String) -> String? {
        guard
            let host = hostsOfDevice[device]?.first(where: { byHost[$0]?.id == id }),
            let binding = byHost[host], !binding.isFixed
        else { return nil }
        remove(binding)
        return host
    }

    /// The last tunnel of a device is gone: its names wait for it for the time of a lease.
    mutating func deviceLeft(_ device: String, at now: NIODeadline) {
        for host in hostsOfDevice[device] ?? [] where byHost[host]?.isFixed == false {
            byHost[host]?.leaseEnds = now + limits.lease
        }
    }

    func isFixed(_ host: String) -> Bool { byHost[host]?.isFixed == true }

    /// The device that a visitor of this host, already normalised, wants.
    func device(serving host: String, at now: NIODeadline) -> String? {
        guard let binding = byHost[host] else { return nil }
        if let end = binding.leaseEnds, end <= now { return nil }
        return binding.device
    }

    /// Frees the names whose lease has run out.
    mutating func expireLeases(at now: NIODeadline) {
        for binding in byHost.values {
            guard let end = binding.leaseEnds, end <= now else { continue }
            remove(binding)
        }
    }

    // MARK: -

    private func completed(_ wanted: String) -> HostName? {
        guard let name = HostName(wanted) else { return nil }
        return name.isSingleLabel ? HostName("\(name.text).\(baseDomain.text)") : name
    }

    private mutating func renewed(_ bound: Binding) -> Binding {
        byHost[bound.host]?.leaseEnds = nil
        return byHost[bound.host] ?? bound
    }

    private mutating func claim(
        _ host: String,
        for device: String,
        at now: NIODeadline
    ) -> Result<Binding, RegistrationRefusal> {
        if let bound = byHost[host] {
            guard let end = bound.leaseEnds, end <= now else { return .failure(.nameTaken) }
            remove(bound)
        }
        forgetExpired(of: device, at: now)
        guard hostsOfDevice[device, default: []].count < limits.bindingsPerDevice else {
            return .failure(.tooManyBindings)
        }
        if byHost.count >= limits.bindings { expireLeases(at: now) }
        guard byHost.count < limits.bindings else { return .failure(.overloaded) }
        registrations += 1
        let binding = Binding(id: "b\(registrations)", host: host, device: device, isFixed: false)
        insert(binding)
        return .success(binding)
    }

    /// What a device let run out no longer counts for it.
    private mutating func forgetExpired(of device: String, at now: NIODeadline) {
        for binding in hostsOfDevice[device, default: []].compactMap({ byHost[$0] }) {
            guard let end = binding.leaseEnds, end <= now else { continue }
            remove(binding)
        }
    }

    /// The name that the device has had, or the shortest beginning of its own identifier that is free.
    ///
    /// A device without a rival has the same name at every edge and for ever.
    private mutating func registerChosenName(
        for device: String,
        at now: NIODeadline
    ) -> Result<Binding, RegistrationRefusal> {
        let digits = device.filter { $0 != "-" }
        let hosts = stride(from: 8, through: 32, by: 8).map { "d\(digits.prefix($0)).\(baseDomain.text)" }
        if let bound = hosts.compactMap({ byHost[$0] }).first(where: { $0.device == device }) {
            return .success(renewed(bound))
        }
        for host in hosts {
            let claimed = claim(host, for: device, at: now)
            guard claimed == .failure(.nameTaken) else { return claimed }
        }
        return .failure(.nameTaken)
    }

    private mutating func insert(_ binding: Binding) {
        byHost[binding.host] = binding
        hostsOfDevice[binding.device, default: []].insert(binding.host)
    }

    private mutating func remove(_ binding: Binding) {
        byHost[binding.host] = nil
        hostsOfDevice[binding.device]?.remove(binding.host)
        if hostsOfDevice[binding.device]?.isEmpty == true { hostsOfDevice[binding.device] = nil }
    }
}
