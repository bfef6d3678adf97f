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
    private var registrations: UInt64 = 0

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
        guard let binding = byKey.values.first(where: { $0.id == id && $0.device == device }) else { return nil }
        byKey[binding.key] = nil
        return binding.key
    }

    /// A port could not be opened after all.
    mutating func abandon(_ key: Key) { byKey[key] = nil }

    /// A tunnel is gone: the ports that no other carries wait for their device for the time of a lease.
    ///
    /// - Returns: Whether any began to wait.
    mutating func tunnelClosed(_ tunnel: ObjectIdentifier, at now: NIODeadline) -> Bool {
        var anyWaits = false
        for (key, binding) in byKey where binding.carriers.contains(tunnel) {
            byKey[key]?.carriers.remove(tunnel)
            guard byKey[key]?.carriers.isEmpty == true else { continue }
            byKey[key]?.leaseEnds = now + configuration.lease
            anyWaits = true
        }
        return anyWaits
    }

    /// Frees the ports whose lease has run out.
    ///
    /// - Returns: The ports to close.
    mutating func free(at now: NIODeadline) -> [Key] {
        let expired = byKey.values.filter { binding in binding.leaseEnds.map { $0 <= now } ?? false }.map(\.key)
        for key in expired { byKey[key] = nil }
        return expired
    }

    // MARK: -

    private func waiting(_ kind: BindingKind, for device: String, except unusable: Set<Int>) -> Int? {
        byKey.values.filter {
            $0.device == device && $0.key.kind == kind && $0.carriers.isEmpty && !unusable.contains($0.key.port)
        }.map(\.key.port).min()
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
            return .success(held)
        }
        let held = byKey.values.count { $0.device == device }
        guard held < configuration.portsPerDevice else { return .failure(.tooManyBindings) }
        registrations += 1
        let binding = Binding(id: "p\(registrations)", key: key, device: device, carriers: [tunnel])
        byKey[key] = binding
        return .success(binding)
    }
}
