package import NIOCore
import TunnelProtocol

/// How many names there may be, and how long they wait for their device.
package struct BindingLimits: Sendable, Equatable {
    /// Of those that a device registers; what the operator binds is not counted for it.
    package var bindingsPerDevice = TunnelConstants.bindingsPerDevice
    package var bindings = 100_000
    package var lease = TimeAmount(TunnelConstants.leaseTime)

    package init() {}
}

/// Which devices serve which sites, and for how long a name stays with a device that is away.
///
/// Names under the base domain are first come, first served; a device that disconnects keeps its names for the lease
/// time. What the operator has bound (`--bind`) is never taken by anyone else and needs no registration. A pure value:
/// the time comes with each call, and a new list of the operator's is a new value that takes the place of the old one.
struct BindingTable {
    /// What a device that asked for a name is told.
    struct Grant: Equatable {
        let id: String
        let host: String
        let isFixed: Bool
    }

    /// Why it does not get it.
    struct Refusal: Error, Equatable {
        let code: RegistrationRefusal
        /// When to ask again; what is left of another device's lease.
        let pause: TimeAmount?

        init(_ code: RegistrationRefusal, pause: TimeAmount? = nil) {
            self.code = code
            self.pause = pause
        }
    }

    let baseDomain: HostName
    let limits: BindingLimits
    private var sites = RouteTable()
    /// Of registered names.
    private var hostsOfDevice: [String: Set<String>] = [:]
    private var registrations: UInt64 = 0
    /// No lease ends earlier; nil when there was none at the last look.
    private var nextLeaseEnd: NIODeadline?

    init(baseDomain: HostName, limits: BindingLimits = BindingLimits()) {
        self.baseDomain = baseDomain
        self.limits = limits
    }

    var count: Int { sites.count }
    var bindings: [Binding] { sites.bindings }

    // MARK: Routing

    /// The binding for a visitor's host, already normalised, and the target of its request as it came.
    func match(_ host: String, _ path: some Collection<UInt8>, at now: NIODeadline) -> RouteTable.Match? {
        sites.match(host, path, at: now)
    }

    /// A device that serves exactly this name, on whatever path; wildcards are not looked at.
    func device(serving host: String, at now: NIODeadline) -> String? {
        sites.site(host)?.bindings.first { !$0.isFree(at: now) }?.devices.first
    }

    /// How a name leads anywhere.
    enum Standing {
        /// Bound, registered or leased, itself.
        case own
        /// By a wildcard, as does every other name beside it.
        case wildcard
        case nowhere
    }

    /// How a name, already normalised, leads anywhere.
    func standing(of host: String, at now: NIODeadline) -> Standing {
        switch sites.site(host) {
        case .fixed: .own
        case .registered(let binding) where !binding.isFree(at: now): .own
        case .registered, nil: sites.hasWildcard(over: host) ? .wildcard : .nowhere
        }
    }

    /// Whether a device could have this name for the asking; nobody has it now.
    func mayBeRegistered(_ host: HostName) -> Bool {
        guard host.isDirectlyUnder(baseDomain), !ReservedNames.contains(host, under: baseDomain) else { return false }
        if case .fixed? = sites.site(host.text) { return false }
        return true
    }

    // MARK: The operator's list

    /// Binds for good, on the operator's word; the last word on a host and path counts.
    mutating func fix(_ fixed: FixedBinding, key: StickyKey) {
        if case .exact(let name) = fixed.host { forget(name.text) }
        sites.fix(Binding(fixed, key: key))
    }

    /// The same table with another list of the operator's; registered names that it takes are no longer their device's.
    func replacingFixed(with list: [FixedBinding], key: StickyKey) -> BindingTable {
        var table = BindingTable(baseDomain: baseDomain, limits: limits)
        table.registrations = registrations
        table.nextLeaseEnd = nextLeaseEnd
        for binding in bindings where !binding.isFixed { table.insert(binding) }
        for fixed in list { table.fix(fixed, key: key) }
        return table
    }

    // MARK: Names that devices ask for

    /// A device asks for a name, or with nil for one of the edge's choice.
    mutating func register(
        _ wanted: String?,
        for device: String,
        at now: NIODeadline
    ) -> Result<Grant, Refusal> {
        guard let wanted else { return registerChosenName(for: device, at: now) }
        guard let host = completed(wanted) else { return .failure(Refusal(.nameInvalid)) }
        if let held = renewed(host.text, by: device) { return .success(held) }
        // One label only: under `a.b.base` somebody else could set cookies for `b.base`.
        guard host.isDirectlyUnder(baseDomain) else { return underWildcard(host, device, else: .nameNotAllowed) }
        guard !ReservedNames.contains(host, under: baseDomain) else {
            return underWildcard(host, device, else: .nameReserved)
        }
        return claim(host, for: device, at: now)
    }

    /// A device gives a name back.
    ///
    /// - Returns: The name, when it held it.
    mutating func unregister(_ id: String, of device: String) -> String? {
        guard let host = hostsOfDevice[device]?.first(where: { registered($0)?.id == id }) else { return nil }
        forget(host)
        return host
    }

    /// The last tunnel of a device is gone: its names wait for it for the time of a lease.
    mutating func deviceLeft(_ device: String, at now: NIODeadline) {
        let end = now + limits.lease
        for host in hostsOfDevice[device] ?? [] {
            setLease(end, of: host)
            nextLeaseEnd = min(nextLeaseEnd ?? end, end)
        }
    }

    /// The last tunnel of a device is gone, and it may not come back: its names are free.
    mutating func deviceShutOut(_ device: String) {
        for host in hostsOfDevice[device] ?? [] { forget(host) }
    }

    /// Frees the names whose lease has run out; looks at them only when one may have.
    mutating func expireLeases(at now: NIODeadline) {
        guard let nextLeaseEnd, nextLeaseEnd <= now else { return }
        self.nextLeaseEnd = nil
        for host in hostsOfDevice.values.flatMap({ $0 }) {
            guard let end = registered(host)?.leaseEnds else { continue }
            if end <= now {
                forget(host)
            } else {
                self.nextLeaseEnd = min(self.nextLeaseEnd ?? end, end)
            }
        }
    }

    // MARK: -

    private func completed(_ wanted: String) -> HostName? {
        guard let name = HostName(wanted) else { return nil }
        return name.isSingleLabel ? HostName("\(name.text).\(baseDomain.text)") : name
    }

    private func registered(_ host: String) -> Binding? {
        guard case .registered(let binding)? = sites.site(host) else { return nil }
        return binding
    }

    /// What a device already has at exactly that name, its lease ended.
    private mutating func renewed(_ host: String, by device: String) -> Grant? {
        guard let binding = sites.site(host)?.bindings.first(where: { $0.devices.contains(device) }) else { return nil }
        if !binding.isFixed { setLease(nil, of: host) }
        return Grant(id: binding.id, host: host, isFixed: binding.isFixed)
    }

    /// What the operator has bound by a wildcard needs no claim.
    private func underWildcard(
        _ host: HostName,
        _ device: String,
        else refusal: RegistrationRefusal
    ) -> Result<Grant, Refusal> {
        let binding = sites.wildcard(over: host.text).first { $0.devices.contains(device) }
        guard let binding, sites.site(host.text) == nil else { return .failure(Refusal(refusal)) }
        return .success(Grant(id: binding.id, host: host.text, isFixed: true))
    }

    private mutating func claim(
        _ host: HostName,
        for device: String,
        at now: NIODeadline
    ) -> Result<Grant, Refusal> {
        if let site = sites.site(host.text) {
            guard case .registered(let binding) = site else { return .failure(Refusal(.nameTaken)) }
            guard binding.isFree(at: now) else {
                let lease = binding.leaseEnds.map { Refusal(.nameLeased, pause: $0 - now) }
                return .failure(lease ?? Refusal(.nameTaken))
            }
            forget(host.text)
        }
        forgetExpired(of: device, at: now)
        guard hostsOfDevice[device, default: []].count < limits.bindingsPerDevice else {
            return .failure(Refusal(.tooManyBindings))
        }
        if sites.count >= limits.bindings { expireLeases(at: now) }
        guard sites.count < limits.bindings else { return .failure(Refusal(.overloaded)) }
        registrations += 1
        insert(
            Binding(
                id: "b\(registrations)",
                host: .exact(host),
                path: .root,
                devices: [device],
                isFixed: false,
                marks: nil
            )
        )
        return .success(Grant(id: "b\(registrations)", host: host.text, isFixed: false))
    }

    /// What a device let run out no longer counts for it.
    private mutating func forgetExpired(of device: String, at now: NIODeadline) {
        for host in hostsOfDevice[device] ?? [] where registered(host)?.isFree(at: now) == true { forget(host) }
    }

    /// The name that the device has had, or the shortest beginning of its own identifier that is free.
    ///
    /// A device without a rival has the same name at every edge and for ever.
    private mutating func registerChosenName(
        for device: String,
        at now: NIODeadline
    ) -> Result<Grant, Refusal> {
        let digits = device.filter { $0 != "-" }
        let hosts = stride(from: 8, through: 32, by: 8).compactMap {
            HostName("d\(digits.prefix($0)).\(baseDomain.text)")
        }
        for host in hosts {
            if let held = renewed(host.text, by: device) { return .success(held) }
        }
        var refused = Refusal(.nameTaken)
        for host in hosts {
            let claimed = claim(host, for: device, at: now)
            guard case .failure(let refusal) = claimed else { return claimed }
            guard refusal.code == .nameTaken || refusal.code == .nameLeased else { return claimed }
            // The one that is free first is worth waiting for.
            if let pause = refusal.pause, pause < refused.pause ?? .nanoseconds(.max) { refused = refusal }
        }
        return .failure(refused)
    }

    private mutating func insert(_ binding: Binding) {
        guard case .exact(let host) = binding.host, let device = binding.devices.first else { return }
        sites.set(binding, at: host.text)
        hostsOfDevice[device, default: []].insert(host.text)
    }

    private mutating func setLease(_ end: NIODeadline?, of host: String) {
        guard var binding = registered(host) else { return }
        binding.leaseEnds = end
        sites.set(binding, at: host)
    }

    /// Frees a registered name.
    private mutating func forget(_ host: String) {
        guard let device = registered(host)?.devices.first else { return }
        sites.set(nil, at: host)
        hostsOfDevice[device]?.remove(host)
        if hostsOfDevice[device]?.isEmpty == true { hostsOfDevice[device] = nil }
    }
}
