import HTTP2
import Logging
import Metrics
import NIOCore
import Trust
import TunnelProtocol

/// Everything that one event loop of an edge knows: its tunnels, the names they serve, its visitors' memory.
///
/// ## Concurrency
/// Belongs to one event loop, as do the tunnels and visitors that it knows; not `Sendable`. Visitors are served on the
/// loop that accepted them, by the tunnels of that loop, so nothing here is ever shared between threads.
final class EdgeCore {
    let configuration: EdgeConfiguration
    let eventLoop: any EventLoop
    /// Name and version, as agents and operators see them.
    let software: String
    let metrics: EdgeMetrics
    let logger: Logger
    let budget: MemoryBudget
    var bindings: BindingTable
    var handshakes: HandshakeLimiter
    /// The TCP and UDP ports that devices have.
    private(set) lazy var raw = RawPorts(core: self)
    private(set) var identity: EdgeIdentityState
    private(set) var tunnels: [String: [EdgeTunnel]] = [:]
    private var visitors: [ObjectIdentifier: VisitorConnection] = [:]
    private var drained: EventLoopPromise<Void>?
    private(set) var isDraining = false
    private var requestsServed: UInt64 = 0
    private let requestPrefix = String(UInt32.random(in: .min ... .max), radix: 16)

    init(
        configuration: EdgeConfiguration,
        eventLoop: any EventLoop,
        software: String,
        identity: EdgeIdentityState,
        metrics: EdgeMetrics,
        logger: Logger
    ) {
        self.configuration = configuration
        self.eventLoop = eventLoop
        self.software = software
        self.identity = identity
        self.metrics = metrics
        self.logger = logger
        budget = MemoryBudget(limit: configuration.memoryBudget)
        handshakes = HandshakeLimiter(perAddress: configuration.handshakesPerAddress, total: configuration.handshakes)
        bindings = BindingTable(baseDomain: configuration.publicURL.baseDomain, limits: configuration.bindingLimits)
        for (host, device) in configuration.fixedBindings { bindings.fix(host, to: device) }
    }

    /// Where a visitor's request goes.
    enum Route {
        case tunnel(EdgeTunnel)
        /// The name is known but no tunnel of its device is up.
        case offline
        case unknown
    }

    /// Finds the tunnel for a host: of several, the one with the fewest open streams.
    func route(_ host: String) -> Route {
        guard let device = bindings.device(serving: host, at: .now()) else { return .unknown }
        let open = tunnels[device]?.filter { $0.serves(host) }
        guard let best = open?.min(by: { $0.openStreams < $1.openStreams }) else { return .offline }
        return .tunnel(best)
    }

    /// Whether the operator has bound the host, so that any tunnel of its device may serve it.
    func isFixed(_ host: String) -> Bool { bindings.isFixed(host) }

    /// An identifier that is unique among the requests of this process and costs no system call.
    func nextRequestID() -> String {
        requestsServed += 1
        return "\(requestPrefix)-\(String(requestsServed, radix: 16))"
    }

    // MARK: Tunnels

    /// A tunnel is up and may carry streams; it replaces the sessions of its device that it supersedes.
    func tunnelOpened(_ tunnel: EdgeTunnel) {
        let device = tunnel.identity.id
        let others = tunnels[device] ?? []
        let superseded = others.filter { tunnel.supersedes($0) }
        tunnels[device] = others.filter { other in !superseded.contains { $0 === other } } + [tunnel]
        for old in superseded { old.superseded(by: tunnel) }
        metrics.tunnels.record(tunnelCount)
    }

    /// A tunnel is gone; when it was the last of its device, the device's names begin their lease.
    func tunnelClosed(_ tunnel: EdgeTunnel) {
        raw.tunnelClosed(tunnel)
        let device = tunnel.identity.id
        guard var remaining = tunnels[device], let index = remaining.firstIndex(where: { $0 === tunnel }) else {
            return
        }
        remaining.remove(at: index)
        tunnels[device] = remaining.isEmpty ? nil : remaining
        if remaining.isEmpty { bindings.deviceLeft(device, at: .now()) }
        metrics.tunnels.record(tunnelCount)
    }

    var tunnelCount: Int { tunnels.values.reduce(0) { $0 + $1.count } }
    var allTunnels: [EdgeTunnel] { tunnels.values.flatMap { $0 } }

    // MARK: Visitors

    /// Whether a visitor may connect, in view of how many have.
    var mayServeAnotherVisitor: Bool { !isDraining && visitors.count < configuration.visitorLimit }

    func visitorConnected(_ visitor: VisitorConnection) {
        visitors[ObjectIdentifier(visitor)] = visitor
        metrics.visitors.record(visitors.count)
    }

    func visitorDisconnected(_ visitor: VisitorConnection) {
        visitors[ObjectIdentifier(visitor)] = nil
        metrics.visitors.record(visitors.count)
        if hasNoVisitors { drained?.succeed() }
    }

    /// The last visitor of the TCP ports has left.
    func rawPortsAreIdle() { if hasNoVisitors { drained?.succeed() } }

    private var hasNoVisitors: Bool { visitors.isEmpty && raw.isIdle }

    // MARK: Changes

    /// Puts a new certificate, bundle or revocation list to use; devices that it shuts out lose their tunnels now.
    func adopt(_ state: EdgeIdentityState) {
        let stepsBack = state.revocations.contains { list in identity.revocations.contains { list.isStep(backFrom: $0) }
        }
        guard !stepsBack else {
            return logger.error("revocation list not taken: it is older than the one in use")
        }
        identity = state
        let revoked = state.revocations.reduce(0) { $0 + $1.count }
        logger.notice("identity reloaded", metadata: ["revoked": "\(revoked)"])
        for tunnel in allTunnels where state.verifier.isRevoked(tunnel.identity) {
            metrics.handshakeRefused(PeerRefusal.revoked.rawValue)
            tunnel.leave(GoAwayNotice(.deviceRevoked, message: "This device has been revoked."))
        }
    }

    /// Tells every agent to go elsewhere; what is under way may finish.
    ///
    /// - Parameter deadline: How long it may take.
    /// - Returns: Done when the last visitor has left, or at the deadline.
    func drain(within deadline: TimeAmount) -> EventLoopFuture<Void> {
        if let drained { return drained.futureResult }
        let promise = eventLoop.makePromise(of: Void.self)
        drained = promise
        isDraining = true
        for tunnel in allTunnels { tunnel.drain(within: deadline) }
        for visitor in Array(visitors.values) { visitor.closeWhenIdle() }
        raw.drain()
        if hasNoVisitors { promise.succeed() }
        let timer = eventLoop.scheduleTask(in: deadline) { promise.succeed() }
        promise.futureResult.whenComplete { _ in timer.cancel() }
        return promise.futureResult
    }

    /// Ends what is still there.
    func end() {
        for visitor in Array(visitors.values) { visitor.abort() }
        raw.end()
        for tunnel in allTunnels { tunnel.leave(GoAwayNotice(.draining, message: "This edge has shut down.")) }
    }
}
