import NIOCore
import TunnelProtocol

/// Which device has which TCP or UDP port, and for how long a port waits for a device that is away.
///
/// A pure value: the time comes with each call, and opening the ports is somebody else's.
struct PortTable {
    /// A port and what it speaks: TCP and UDP ports of one number are two.
    struct Key: Hashable {
        let kind: BindingKind
        let port: Int
    }

    struct Binding: Equatable {
        let id: String
        let key: Key
        let device: String
        /// The tunnels that registered it.
        fileprivate(set) var carriers: Set<ObjectIdentifier>
        /// When the port becomes free; nil while a tunnel carries it.
        fileprivate(set) var leaseEnds: NIODeadline?
    }

    private let configuration: RawConfiguration
    private let reserved: Set<Int>
    private var byKey: [Key: Binding] = [:]
    /// The ports of each device and of each tunnel, so that one of many costs what it has itself.
    private var byDevice: [String: Set<Key>] = [:]
    private var byTunnel: [ObjectIdentifier: Set<Key>] = [:]
    /// Leases in the order of their ends; one that was taken up again stays until its turn.
    private var leases = CircularBuffer<Lease>()
    private var registrations: UInt64 = 0

    private struct Lease {
        let key: Key
        let ends: NIODeadline
    }

    /// - Parameters:
    ///   - configuration: The range and its limits.
    ///   - listeners: Ports on which the edge itself listens.
    init(_ configuration: RawConfiguration, listeners: Set<Int> = []) {
        self.configuration = configuration
        reserved = configuration.reserved.union(listeners)
    }

    var count: Int { byKey.count }
    func binding(_ key: Key) -> Binding? { byKey[key] }

    /// A tunnel of a device asks for a port, or with nil for one of the edge's choice; `unusable` ports could not be
    /// opened.
    mutating func register(
        _ kind: BindingKind,
        port wanted: Int?,
        for device: String,
        by tunnel: ObjectIdentifier,
        unusable: Set<Int> = []
    ) -> Result<Binding, RegistrationRefusal> {
        guard let range = configuration.ports?.ports, kind != .http else { return .failure(.unsupportedKind) }
        let port: Int
        if let wanted {
            guard range.contains(wanted), !reserved.contains(wanted) else { return .failure(.portNotAllowed) }
            guard !unusable.contains(wanted) else { return .failure(.portTaken) }
            port = wanted
        } else {
            let chosen =
                waiting(kind, for: device, except: unusable)
                ?? unused(kind, of: range, for: device, except: unusable)
            guard let chosen else { return .failure(.portsExhausted) }
            port = chosen
        }
        return claim(Key(kind: kind, port: port), for: device, by: tunnel)
    }

    /// A device gives a port back.
    ///
    /// - Returns: The port, when the device had it.
    mutating func unregister(_ id: String, of device: String) -> Key? {
        guard let key = byDevice[device]?.first(where: { byKey[$0]?.id == id }) else { return nil }
        remove(key)
        return key
    }

    /// A device may not come back: its ports are free.
    ///
    /// - Returns: The ports to close.
    mutating func deviceShutOut(_ device: String) -> [Key] {
        let keys = Array(byDevice[device, default: []])
        for key in keys { remove(key) }
        return keys
    }

    /// A port could not be opened after all.
    mutating func abandon(_ key: Key) { remove(key) }

    /// A tunnel is gone: the ports that no other carries wait for their device for the time of a lease.
    ///
    /// - Parameters:
    ///   - tunnel: Which one.
    ///   - now: Never earlier than in a call before.
    /// - Returns: Whether any began to wait.
    mutating func tunnelClosed(_ tunnel: ObjectIdentifier, at now: NIODeadline) -> Bool {
        var anyWaits = false
        let ends = now + configuration.lease
        for key in byTunnel.removeValue(forKey: tunnel) ?? [] {
            byKey[key]?.carriers.remove(tunnel)
            guard byKey[key]?.carriers.isEmpty == true else { continue }
            byKey[key]?.leaseEnds = ends
            leases.append(Lease(key: key, ends: ends))
            anyWaits = true
        }
        forgetOldLeases()
        return anyWaits
    }

    /// Frees the ports whose lease has run out.
    ///
    /// - Returns: The ports to close.
    mutating func free(at now: NIODeadline) -> [Key] {
        var expired: [Key] = []
        while let lease = leases.first, lease.ends <= now {
            leases.removeFirst()
            guard isRunning(lease) else { continue }
            expired.append(lease.key)
            remove(lease.key)
        }
        return expired
    }

    // MARK: -

    private func waiting(_ kind: BindingKind, for device: String, except unusable: Set<Int>) -> Int? {
        byDevice[device, default: []].filter { key in
            key.kind == kind && byKey[key]?.carriers.isEmpty == true && !unusable.contains(key.port)
        }.map(\.port).min()
    }

    /// The search begins where the device's UUID says, so that a device tends to get the same port again.
    private func unused(
        _ kind: BindingKind,
        of range: ClosedRange<Int>,
        for device: String,
        except unusable: Set<Int>
    ) -> Int? {
        let digits = device.filter { $0 != "-" }.prefix(8)
        let start = Int(UInt32(digits, radix: 16) ?? 0) % range.count
        let order = (0..<range.count).lazy.map { range.lowerBound + (start + $0) % range.count }
        return order.first { port in
            byKey[Key(kind: kind, port: port)] == nil && !reserved.contains(port) && !unusable.contains(port)
        }
    }

    private mutating func claim(
        _ key: Key,
        for device: String,
        by tunnel: ObjectIdentifier
    ) -> Result<Binding, RegistrationRefusal> {
        if var held = byKey[key] {
            guard held.device == device else { return .failure(.portTaken) }
            held.carriers.insert(tunnel)
            held.leaseEnds = nil
            byKey[key] = held
            byTunnel[tunnel, default: []].insert(key)
            return .success(held)
        }
        guard byDevice[device, default: []].count < configuration.portsPerDevice else {
            return .failure(.tooManyBindings)
        }
        registrations += 1
        let binding = Binding(id: "p\(registrations)", key: key, device: device, carriers: [tunnel])
        byKey[key] = binding
        byDevice[device, default: []].insert(key)
        byTunnel[tunnel, default: []].insert(key)
        return .success(binding)
    }

    private mutating func remove(_ key: Key) {
        guard let binding = byKey.removeValue(forKey: key) else { return }
        byDevice[binding.device]?.remove(key)
        if byDevice[binding.device]?.isEmpty == true { byDevice[binding.device] = nil }
        for tunnel in binding.carriers {
            byTunnel[tunnel]?.remove(key)
            if byTunnel[tunnel]?.isEmpty == true { byTunnel[tunnel] = nil }
        }
    }

    private func isRunning(_ lease: Lease) -> Bool { byKey[lease.key]?.leaseEnds == lease.ends }

    /// A device that comes and goes leaves a lease behind each time; there are never many more of them than ports.
    private mutating func forgetOldLeases() {
        guard leases.count > 2 * byKey.count + 16 else { return }
        leases = CircularBuffer(leases.filter(isRunning))
    }
}
