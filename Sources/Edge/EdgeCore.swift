import HTTP2
import HTTPFields
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
    private(set) var configuration: EdgeConfiguration
    let eventLoop: any EventLoop
    /// What waits for the deadlines of visitors, all with one timer.
    let deadlines: DeadlineQueue
    /// Name and version, as agents and operators see them.
    let software: String
    let metrics: EdgeMetrics
    let logger: Logger
    let budget: MemoryBudget
    let overload: EdgeOverload
    /// Where finished requests are written down; nil when nobody asked for it.
    let accessLog: AccessLog?
    var bindings: BindingTable
    /// For identifiers that need to be different, not secret.
    var identifiers = IdentifierGenerator()
    var requestedHosts = RequestedHosts()
    /// What lends memory to one request after the other, and to the heads of the responses that one read brings.
    private var spareFields = FieldSection.empty
    private var spareHeads: [ByteBuffer] = []
    var handshakes: HandshakeLimiter
    var admission: TunnelAdmission
    /// Who renews certificates over tunnels; nil when this edge has no issuer.
    let renewals: RenewalDesk?
    /// The TCP and UDP ports that devices have.
    private(set) lazy var raw = RawPorts(core: self)
    private(set) var identity: EdgeIdentityState
    private(set) var tunnels = TunnelTable<EdgeTunnel>()
    private var opening: [ObjectIdentifier: EdgeTunnel] = [:]
    private var visitors: [ObjectIdentifier: any Visitor] = [:]
    private var drained: EventLoopPromise<Void>?
    private(set) var isDraining = false
    private var requestsServed: UInt64 = 0
    private let returns: ReturnWindow
    private let requestPrefix = String(UInt32.random(in: .min ... .max), radix: 16) + "-"

    init(
        configuration: EdgeConfiguration,
        eventLoop: any EventLoop,
        software: String,
        identity: EdgeIdentityState,
        metrics: EdgeMetrics,
        logger: Logger,
        accessLog: AccessLog? = nil,
        renewals: RenewalDesk? = nil
    ) {
        self.configuration = configuration
        self.eventLoop = eventLoop
        deadlines = DeadlineQueue(on: eventLoop)
        self.software = software
        self.identity = identity
        self.metrics = metrics
        self.logger = logger
        self.accessLog = accessLog
        self.renewals = renewals
        metrics.certificateExpires.record(identity.certificateExpires)
        returns = ReturnWindow(length: configuration.returnDeadline)
        budget = MemoryBudget(limit: configuration.memoryBudget)
        overload = EdgeOverload(
            limits: configuration.border,
            visitorLimit: configuration.visitorLimit,
            metrics: metrics,
            logger: logger
        )
        handshakes = HandshakeLimiter(perAddress: configuration.handshakesPerAddress, total: configuration.handshakes)
        admission = TunnelAdmission(perSecond: configuration.tunnelsPerSecond, burst: configuration.tunnelBurst)
        bindings = BindingTable(baseDomain: configuration.publicURL.baseDomain, limits: configuration.bindingLimits)
        for fixed in configuration.fixedBindings { bindings.fix(fixed, key: configuration.stickyKey) }
    }

    // MARK: Routing

    /// Finds the way of a request.
    ///
    /// - Parameters:
    ///   - host: What the visitor asked for.
    ///   - path: The request's target as it came, query included.
    ///   - fields: The request's fields, for the sake of its cookies.
    ///   - needsExtendedConnect: Whether it is a WebSocket.
    ///   - now: The present time.
    /// - Returns: The route, for which each ``next(on:)`` names a tunnel.
    func route(
        host: HostName,
        path: ByteBufferView,
        fields: FieldSection,
        needsExtendedConnect: Bool,
        at now: NIODeadline
    ) -> RequestRoute {
        RequestRoute(
            to: bindings.match(host.text, path, at: now)?.binding,
            host: host.text,
            fields: fields,
            needsExtendedConnect: needsExtendedConnect,
            isSecure: configuration.publicURL.scheme == "https"
        )
    }

    /// Whether a name that nobody serves may be that of an agent which is still on its way to this edge.
    func mayReturn(_ host: HostName, at now: NIODeadline) -> Bool {
        returns.isOpen(at: now) && bindings.mayBeRegistered(host)
    }

    /// The tunnel for a request, other than those that its route has named before.
    func next(on route: inout RequestRoute) -> Route<EdgeTunnel> { route.next(in: &tunnels) }

    /// Puts another list of the operator's bindings to use, all at once; tunnels and their streams stay.
    func adopt(_ fixedBindings: [FixedBinding]) {
        bindings = bindings.replacingFixed(with: fixedBindings, key: configuration.stickyKey)
        logger.notice("bindings reloaded", metadata: ["fixed": "\(fixedBindings.count)"])
    }

    /// Puts another configuration to use, as far as that can be done to a running edge: limits count from the next
    /// connection or request on, and whoever is inside stays.
    func adopt(_ next: EdgeConfiguration) {
        let rebinds = next.fixedBindings != configuration.fixedBindings
        configuration = configuration.taking(changesOf: next)
        handshakes.adopt(perAddress: configuration.handshakesPerAddress, total: configuration.handshakes)
        overload.adopt(configuration.border, visitorLimit: configuration.visitorLimit)
        accessLog?.adopt(configuration.accessLog)
        if rebinds { adopt(configuration.fixedBindings) }
    }

    /// An identifier that is unique among the requests of this process and costs no system call.
    func nextRequestID() -> String {
        requestsServed += 1
        let digits = (UInt64.bitWidth - requestsServed.leadingZeroBitCount + 3) / 4
        return FieldBytes.text(capacity: requestPrefix.utf8.count + digits) { text in
            text.append(text: requestPrefix)
            text.append(digits, digitsOf: requestsServed)
        }
    }

    // MARK: Memory that is used again

    /// The most that one piece for the next request may have, and how many heads there may be.
    private static let spareBytes = 8 * 1024
    private static let spareCount = 64

    /// Fields to be written over.
    func takeFields() -> FieldSection {
        var taken = FieldSection.empty
        swap(&taken, &spareFields)
        return taken
    }

    /// Takes fields back that nobody needs any more.
    func keep(_ fields: FieldSection) {
        if fields.bytesKept <= Self.spareBytes { spareFields = fields }
    }

    /// A buffer to be cleared and written.
    func takeHead() -> ByteBuffer { spareHeads.popLast() ?? ByteBuffer() }

    /// Takes a buffer back that has been written; whoever still reads it keeps its bytes.
    func keep(_ head: ByteBuffer) {
        if head.storageCapacity <= Self.spareBytes, spareHeads.count < Self.spareCount { spareHeads.append(head) }
    }

    // MARK: Tunnels

    /// A handshake is done; whether the tunnel will carry anything is not known yet.
    func tunnelBegan(_ tunnel: EdgeTunnel) { opening[ObjectIdentifier(tunnel)] = tunnel }

    /// A tunnel is up and may carry streams; it replaces the sessions of its device that it supersedes.
    func tunnelOpened(_ tunnel: EdgeTunnel) {
        opening[ObjectIdentifier(tunnel)] = nil
        for old in tunnels.opened(tunnel) { old.superseded(by: tunnel) }
        metrics.tunnels.record(tunnels.count)
    }

    /// A tunnel is gone; when it was the last of its device, the device's names begin their lease, or are free when it
    /// may not come back.
    func tunnelClosed(_ tunnel: EdgeTunnel) {
        opening[ObjectIdentifier(tunnel)] = nil
        raw.tunnelClosed(tunnel)
        let now = NIODeadline.now()
        if tunnels.closed(tunnel, at: now) {
            if tunnel.isShutOut {
                bindings.deviceShutOut(tunnel.device)
                raw.deviceShutOut(tunnel.device)
            } else {
                bindings.deviceLeft(tunnel.device, at: now)
            }
        }
        metrics.tunnels.record(tunnels.count)
    }

    /// Those that are up.
    var allTunnels: [EdgeTunnel] { tunnels.all }

    /// Those that are up and those that may be: a device that is shut out must not wait for its moment in between.
    private var everyTunnel: [EdgeTunnel] { tunnels.all + opening.values }

    /// Records what is true at the moment, rather than counted.
    func measure() {
        metrics.streams.record(tunnels.all.reduce(0) { $0 + $1.openStreams })
        metrics.bufferedBytes.record(budget.used)
    }

    // MARK: Visitors

    func visitorConnected(_ visitor: any Visitor) {
        visitors[ObjectIdentifier(visitor)] = visitor
        metrics.visitors.record(visitors.count)
    }

    func visitorDisconnected(_ visitor: any Visitor) {
        visitors[ObjectIdentifier(visitor)] = nil
        metrics.visitors.record(visitors.count)
        if hasNoVisitors { drained?.succeed() }
    }

    /// The last visitor of the TCP ports has left.
    func rawPortsAreIdle() { if hasNoVisitors { drained?.succeed() } }

    private var hasNoVisitors: Bool { visitors.isEmpty && raw.isIdle }

    // MARK: Changes

    /// Puts a new certificate, bundle or revocation list to use; devices that it shuts out lose their tunnels now.
    ///
    /// - Returns: What is in use from now on: a list that is older than the one in use is not taken, all else is.
    func adopt(_ offered: EdgeIdentityState) -> EdgeIdentityState {
        let state = offered.keepingNewer(of: identity.revocations)
        if state.revocations.map(\.thisUpdate) != offered.revocations.map(\.thisUpdate) {
            logger.error("revocation list not taken: it is older than the one in use")
        }
        identity = state
        metrics.certificateExpires.record(state.certificateExpires)
        let revoked = state.revocations.reduce(0) { $0 + $1.count }
        logger.notice("identity reloaded", metadata: ["revoked": "\(revoked)"])
        for tunnel in everyTunnel { tunnel.leaveIfShutOut() }
        return state
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
        for tunnel in everyTunnel { tunnel.drain(within: deadline) }
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
        for tunnel in everyTunnel { tunnel.leave(GoAwayNotice(.draining, message: "This edge has shut down.")) }
    }
}
