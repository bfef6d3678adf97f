import CoreMetrics
import HTTP2
import Logging
import NIOCore
import TunnelProtocol

/// One UDP port of the edge: sorts what arrives into flows, one stream each, and sends what comes back.
///
/// ## Concurrency
/// Belongs to its channel's event loop, which is that of its core.
final class DatagramPort: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    private let key: PortTable.Key
    private let ports: RawPorts
    private var flows: FlowTable<DatagramFlow>
    private var context: ChannelHandlerContext?
    private var sweeper: RepeatedTask?

    private static let sweepInterval = TimeAmount.seconds(1)

    init(key: PortTable.Key, ports: RawPorts) {
        self.key = key
        self.ports = ports
        flows = FlowTable(limits: ports.configuration.flows)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        sweeper = context.eventLoop.scheduleRepeatedTask(
            initialDelay: Self.sweepInterval,
            delay: Self.sweepInterval
        ) { _ in bound.value.expireFlows(at: .now()) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    private func end() {
        sweeper?.cancel()
        for flow in flows.flows { close(flow) }
    }

    /// What the system says of single datagrams is no reason to give the port up.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        ports.core.logger.debug("datagram error", metadata: ["error": "\(error)"])
    }

    // MARK: From visitors

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        // Who wants no answer may send from port 0 (RFC 768). To answer all the same would cost everybody the port: the
        // system refuses, and the channel takes that for its end.
        guard envelope.remoteAddress.port != 0 else { return ports.metrics.dropped(.unreachable) }
        ports.core.metrics.bytesFromVisitors.increment(by: envelope.data.readableBytes)
        let address = envelope.remoteAddress
        guard let flow = flows[address] ?? open(address, on: context.localAddress) else { return }
        if !flow.isOver { flows.heard(from: address, at: .now()) }
        if let drop = flow.pass(envelope.data) { ports.metrics.dropped(drop) }
    }

    private func open(_ address: SocketAddress, on listener: SocketAddress?) -> DatagramFlow? {
        guard !ports.core.overload.shedsRequests else { return drop(.overloaded) }
        guard flows.mayAdd(address) else { return drop(.flows) }
        guard let (binding, tunnel) = ports.route(key), tunnel.allowsExtendedConnect, let handler = tunnel.handler
        else { return drop(.offline) }
        guard tunnel.mayCarryFlow(of: ports.configuration.flows) else { return drop(.flows) }
        let flow = DatagramFlow(address: address, port: self, tunnel: tunnel, handler: handler)
        let fields = RawRequest.flow(to: binding, port: key.port, from: address, on: listener)
        do throws(HTTP2Error) {
            flow.stream = try tunnel.open(fields, ends: false, delegate: flow)
        } catch {
            return drop(.offline)
        }
        flows.add(flow, for: address, at: .now())
        ports.flowsChanged(by: 1, on: tunnel)
        return flow
    }

    private func drop(_ reason: DatagramDrop) -> DatagramFlow? {
        ports.metrics.dropped(reason)
        return nil
    }

    // MARK: To visitors

    /// Sends one datagram, when the system takes it.
    func send(_ payload: ByteBuffer, to address: SocketAddress) {
        guard let context, context.channel.isWritable else { return ports.metrics.dropped(.queue) }
        let written = context.eventLoop.makePromise(of: Void.self)
        let metrics = ports.metrics
        written.futureResult.assumeIsolated().whenFailure { error in
            metrics.dropped(error as? ChannelError == .writeMessageTooLarge ? .oversize : .unreachable)
        }
        context.write(wrapOutboundOut(AddressedEnvelope(remoteAddress: address, data: payload)), promise: written)
        ports.core.metrics.bytesToVisitors.increment(by: payload.readableBytes)
    }

    func dropped(_ reason: DatagramDrop) { ports.metrics.dropped(reason) }

    func flush() { context?.flush() }

    // MARK: Ends

    /// Ends the flows of visitors who have gone silent.
    func expireFlows(at now: NIODeadline) {
        for flow in flows.expire(at: now) {
            flow.end()
            ports.flowsChanged(by: -1, on: flow.tunnel)
        }
    }

    /// Forgets a flow, so that the visitor's next datagram opens another.
    func close(_ flow: DatagramFlow) {
        guard flows[flow.address] === flow else { return }
        flows.remove(flow.address)
        flow.end()
        ports.flowsChanged(by: -1, on: flow.tunnel)
    }
}
