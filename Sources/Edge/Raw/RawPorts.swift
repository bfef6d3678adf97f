import CoreMetrics
import HTTP2
import HTTPFields
import Logging
import NIOCore
import NIOPosix
import Trust
import TunnelProtocol

/// The TCP and UDP ports that an edge has open for devices, and the visitors on them.
///
/// ## Concurrency
/// Belongs to the event loop of its core, which owns it.
final class RawPorts {
    let configuration: RawConfiguration
    let metrics: RawMetrics
    unowned let core: EdgeCore
    private var table: PortTable
    /// Ports that are open or being opened.
    private(set) var opened: [PortTable.Key: EventLoopFuture<any Channel>] = [:]
    private var admissions: HandshakeLimiter
    private var visitors: [ObjectIdentifier: TCPVisitor] = [:]
    private(set) var flowCount = 0
    private var isDraining = false

    /// Ports of the edge's choice that are tried before it says that there is none.
    private static let attempts = 8
    /// Between attempts to open a port again.
    private static let reopeningPause = TimeAmount.seconds(1)

    init(core: EdgeCore) {
        self.core = core
        configuration = core.configuration.raw
        metrics = RawMetrics(factory: core.metrics.factory)
        let whole = core.configuration
        let own = Set([whole.tunnelAddress, whole.visitorAddress, whole.adminAddress].map(\.port))
        table = PortTable(configuration, listeners: own)
        admissions = HandshakeLimiter(
            perAddress: configuration.connectionsPerAddress,
            total: configuration.connections
        )
    }

    // MARK: Registrations

    /// Gives a tunnel a port, and opens it when it is not open yet.
    ///
    /// - Parameters:
    ///   - kind: TCP or UDP.
    ///   - port: What the agent asks for; nil leaves the choice to the edge.
    ///   - tunnel: Who asks.
    ///   - answer: Called once, on this event loop, perhaps before this call returns.
    func register(
        _ kind: BindingKind,
        port: Int?,
        for tunnel: EdgeTunnel,
        then answer: @escaping (Result<PortTable.Binding, RegistrationRefusal>) -> Void
    ) {
        closeExpired(at: .now())
        attempt(kind, port: port, for: tunnel, unusable: [], then: answer)
    }

    private func attempt(
        _ kind: BindingKind,
        port: Int?,
        for tunnel: EdgeTunnel,
        unusable: Set<Int>,
        then answer: @escaping (Result<PortTable.Binding, RegistrationRefusal>) -> Void
    ) {
        let registered = table.register(
            kind,
            port: port,
            for: tunnel.identity.id,
            by: ObjectIdentifier(tunnel),
            unusable: unusable
        )
        guard case .success(let binding) = registered else { return answer(registered) }
        open(binding.key).assumeIsolated().whenComplete { [self] opening in
            metrics.ports.record(table.count)
            switch opening {
            case .success: answer(.success(binding))
            case .failure(let error):
                core.logger.notice(
                    "port cannot be opened",
                    metadata: ["port": "\(binding.key.port)", "error": "\(error)"]
                )
                guard port == nil else { return answer(.failure(.portTaken)) }
                guard unusable.count < Self.attempts else { return answer(.failure(.portsExhausted)) }
                let unusable = unusable.union([binding.key.port])
                attempt(kind, port: port, for: tunnel, unusable: unusable, then: answer)
            }
        }
    }

    /// A device gives a port back.
    ///
    /// - Returns: Whether the device had it.
    func unregister(_ id: String, of device: String) -> Bool {
        guard let key = table.unregister(id, of: device) else { return false }
        close(key)
        return true
    }

    /// A tunnel is gone; the ports that it alone carried wait for the device.
    func tunnelClosed(_ tunnel: EdgeTunnel) {
        guard table.tunnelClosed(ObjectIdentifier(tunnel), at: .now()) else { return }
        let bound = NIOLoopBound(self, eventLoop: core.eventLoop)
        core.eventLoop.scheduleTask(in: configuration.lease) { bound.value.closeExpired(at: .now()) }
    }

    /// A device may not come back.
    func deviceShutOut(_ device: String) { for key in table.deviceShutOut(device) { close(key) } }

    private func closeExpired(at now: NIODeadline) {
        for key in table.free(at: now) { close(key) }
        metrics.ports.record(table.count)
    }

    private func close(_ key: PortTable.Key) {
        opened.removeValue(forKey: key)?.whenSuccess { $0.close(promise: nil) }
        metrics.ports.record(table.count)
    }

    // MARK: Listeners

    /// Opens a port, unless it is open or being opened; one that is `isHeld` stays its device's even if that fails.
    private func open(_ key: PortTable.Key, isHeld: Bool = false) -> EventLoopFuture<any Channel> {
        if let channel = opened[key] { return channel }
        let opening = key.kind == .udp ? bindDatagrams(key) : bindConnections(key)
        opened[key] = opening
        opening.assumeIsolated().whenComplete { [self] result in
            switch result {
            case .success(let channel):
                channel.closeFuture.assumeIsolated().whenComplete { [self] _ in closed(key, since: opening) }
            case .failure:
                opened[key] = nil
                if !isHeld { table.abandon(key) }
            }
        }
        return opening
    }

    /// A port is closed; where nobody here has done it the system has, as when it finds no way for a datagram.
    ///
    /// The device keeps the port, and visitors begin anew.
    private func closed(_ key: PortTable.Key, since opening: EventLoopFuture<any Channel>) {
        guard !isDraining, opened[key] === opening else { return }
        opened[key] = nil
        core.logger.warning("the system has closed a port", metadata: ["port": "\(key.port)"])
        reopen(key)
    }

    private func reopen(_ key: PortTable.Key) {
        guard !isDraining, table.binding(key) != nil else { return }
        open(key, isHeld: true).assumeIsolated().whenFailure { [self] _ in
            let bound = NIOLoopBound(self, eventLoop: core.eventLoop)
            core.eventLoop.scheduleTask(in: Self.reopeningPause) { bound.value.reopen(key) }
        }
    }

    private func bindConnections(_ key: PortTable.Key) -> EventLoopFuture<any Channel> {
        let bound = NIOLoopBound(self, eventLoop: core.eventLoop)
        let listener = ServerBootstrap(group: core.eventLoop)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let overload = bound.value.core.overload
                    let gate = overload.visitorGate()
                    channel.closeFuture.assumeIsolated().whenComplete { _ in overload.forget(gate) }
                    try channel.pipeline.syncOperations.addHandler(gate)
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 32 * 1024, high: 128 * 1024))
            .childChannelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 4096, maximum: 64 * 1024)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try bound.value.accept(channel, on: key) }
            }
        return KeepAlive.inherit(from: listener).bind(host: configuration.host, port: key.port)
    }

    private func bindDatagrams(_ key: PortTable.Key) -> EventLoopFuture<any Channel> {
        let bound = NIOLoopBound(self, eventLoop: core.eventLoop)
        return DatagramBootstrap(group: core.eventLoop)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 64 * 1024))
            .channelOption(.writeBufferWaterMark, value: .init(low: 128 * 1024, high: 512 * 1024))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(DatagramPort(key: key, ports: bound.value))
                }
            }
            .bind(host: configuration.host, port: key.port)
    }

    // MARK: Visitors

    /// The tunnel that a visitor of the port goes to: of several, the one with the fewest open streams.
    func route(_ key: PortTable.Key) -> (binding: String, tunnel: EdgeTunnel)? {
        guard !isDraining, let binding = table.binding(key) else { return nil }
        let carriers = core.tunnels.tunnels(of: binding.device).filter { $0.carries(binding.id) }
        return carriers.min { $0.openStreams < $1.openStreams }.map { (binding.id, $0) }
    }

    private func accept(_ channel: any Channel, on key: PortTable.Key) throws {
        let address = HandshakeLimiter.Key(channel.remoteAddress)
        guard admit(address) else {
            metrics.refused(.busy)
            return channel.closeWithReset()
        }
        let visitor = TCPVisitor(channel: channel, address: address, ports: self)
        visitors[ObjectIdentifier(visitor)] = visitor
        metrics.connections.record(visitors.count)
        try visitor.begin(on: key)
    }

    /// Counts a visitor here and among all visitors of the edge, who share its descriptors and its memory.
    private func admit(_ address: HandshakeLimiter.Key) -> Bool {
        guard !core.overload.shedsRequests, admissions.begin(address) else { return false }
        do throws(VisitorLimiter.Refusal) {
            try core.overload.limiter.enter()
            return true
        } catch {
            admissions.end(address)
            return false
        }
    }

    func visitorLeft(_ visitor: TCPVisitor) {
        guard visitors.removeValue(forKey: ObjectIdentifier(visitor)) != nil else { return }
        admissions.end(visitor.address)
        core.overload.limiter.leave()
        metrics.connections.record(visitors.count)
        if isIdle { core.rawPortsAreIdle() }
    }

    func flowsChanged(by difference: Int, on tunnel: EdgeTunnel) {
        tunnel.flowCount += difference
        flowCount += difference
        metrics.flows.record(flowCount)
    }

    // MARK: Ends

    /// Whether no visitor has a connection.
    var isIdle: Bool { visitors.isEmpty }

    /// Why no tunnel is there for a new visitor.
    var absence: RawRefusal { isDraining ? .draining : .offline }

    /// Takes no new connection and opens no new flow; what is under way may finish.
    func drain() {
        isDraining = true
        for (key, channel) in opened where key.kind == .tcp {
            channel.whenSuccess { $0.close(promise: nil) }
        }
    }

    /// Ends what is still there.
    func end() {
        isDraining = true
        for key in Array(opened.keys) { close(key) }
        for visitor in Array(visitors.values) { visitor.abort() }
    }
}
