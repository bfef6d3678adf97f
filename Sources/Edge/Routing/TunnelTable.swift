import NIOCore
import TunnelProtocol

/// The tunnels that are up, by device, and which of them a request takes.
struct TunnelTable<Tunnel: RoutableTunnel> {
    private var byDevice: [String: [Tunnel]] = [:]
    private var memory: InstanceMemory
    private(set) var count = 0
    /// Counts the choices, so that equals take turns.
    private var turn: UInt = 0

    init(memory: InstanceMemory = InstanceMemory()) { self.memory = memory }

    var all: [Tunnel] { byDevice.values.flatMap { $0 } }

    func tunnels(of device: String) -> [Tunnel] { byDevice[device] ?? [] }

    // MARK: Who stays

    /// A session of the device to which a newcomer yields.
    func session(newerThan newcomer: SessionID, of device: String) -> SessionID? {
        let order = memory.order(of: device)
        let newer = byDevice[device]?.first {
            SessionPrecedence.of(newcomer, over: $0.session, in: order) == .yields
        }
        return newer?.session
    }

    /// A tunnel is up and may carry streams.
    ///
    /// - Returns: The tunnels of its device whose place it takes.
    mutating func opened(_ tunnel: Tunnel) -> [Tunnel] {
        let device = tunnel.device
        if let session = tunnel.session { memory.met(session.instance, of: device) }
        let order = memory.order(of: device)
        var staying: [Tunnel] = []
        var superseded: [Tunnel] = []
        for other in byDevice[device] ?? [] {
            switch SessionPrecedence.of(tunnel.session, over: other.session, in: order) {
            case .replaces: superseded.append(other)
            case .coexists, .yields: staying.append(other)
            }
        }
        byDevice[device] = staying + [tunnel]
        count += 1 - superseded.count
        return superseded
    }

    /// A tunnel is gone.
    ///
    /// - Returns: Whether it was the last one of its device.
    mutating func closed(_ tunnel: Tunnel, at now: NIODeadline) -> Bool {
        let device = tunnel.device
        guard let index = byDevice[device]?.firstIndex(where: { $0 === tunnel }) else { return false }
        byDevice[device]?.remove(at: index)
        count -= 1
        guard byDevice[device]?.isEmpty == true else { return false }
        byDevice[device] = nil
        memory.left(device, at: now)
        return true
    }

    // MARK: Which one carries a request

    /// What a request asks of the tunnel that carries it.
    struct Wish {
        let host: String
        /// The device that the visitor stays with, as long as it is there.
        var stuckTo: String?
        /// Whether it is a WebSocket.
        var needsExtendedConnect = false
        /// Tunnels that have been tried.
        var excluded: [ObjectIdentifier] = []
    }

    /// Picks, of all tunnels that serve a binding, the one with the fewest open streams; equals take turns.
    ///
    /// One that cannot carry the request, or not yet, is chosen only when there is no other: the answer is then about that.
    mutating func choose(for binding: Binding, _ wish: Wish) -> Tunnel? {
        turn &+= 1
        if let device = wish.stuckTo, let tunnel = best(CollectionOfOne(device), for: binding, wish) { return tunnel }
        return best(binding.devices, for: binding, wish)
    }

    /// Looks twice rather than gather the candidates, and ranks nobody who has no rival: this runs for every request.
    private func best(_ devices: some Sequence<String>, for binding: Binding, _ wish: Wish) -> Tunnel? {
        var lowest: Tunnel?
        var equals = 0
        for device in devices {
            for tunnel in byDevice[device] ?? [] where isCandidate(tunnel, for: binding, wish) {
                guard let present = lowest else {
                    (lowest, equals) = (tunnel, 1)
                    continue
                }
                let (mine, best) = (rank(tunnel, wish), rank(present, wish))
                guard mine <= best else { continue }
                equals = mine == best ? equals + 1 : 1
                lowest = tunnel
            }
        }
        guard let lowest, equals > 1 else { return lowest }

        var before = Int(turn % UInt(equals))
        for device in devices {
            for tunnel in byDevice[device] ?? [] where isCandidate(tunnel, for: binding, wish) {
                guard rank(tunnel, wish) == rank(lowest, wish) else { continue }
                if before == 0 { return tunnel }
                before -= 1
            }
        }
        return lowest
    }

    private func isCandidate(_ tunnel: Tunnel, for binding: Binding, _ wish: Wish) -> Bool {
        !wish.excluded.contains(ObjectIdentifier(tunnel)) && tunnel.serves(wish.host, by: binding)
    }

    private func rank(_ tunnel: Tunnel, _ wish: Wish) -> (Int, Int, Int) {
        let isUnable = wish.needsExtendedConnect && !tunnel.allowsExtendedConnect
        return (isUnable ? 1 : 0, tunnel.isFull ? 1 : 0, tunnel.openStreams)
    }
}
