import CoreMetrics
import HTTP2
import HTTPFields
import NIOCore
import ProxyProtocol
import TunnelProtocol

/// One TCP connection of a visitor: asks the agent for its target, and joins the two when the agent has it.
///
/// ## Concurrency
/// Belongs to the event loop of its connection and of its tunnel, which are the same.
final class TCPVisitor: HTTP2StreamDelegate {
    /// What the connection counts for against the limits.
    let address: HandshakeLimiter.Key
    private let channel: any Channel
    private let ports: RawPorts
    private var splice: StreamSplice?
    private var handler: HTTP2Handler?
    private var stream: HTTP2Stream?
    private var timer: Scheduled<Void>?
    private var isJoined = false

    init(channel: any Channel, address: HandshakeLimiter.Key, ports: RawPorts) {
        self.channel = channel
        self.address = address
        self.ports = ports
    }

    /// Opens the stream; the visitor is not read before the agent has answered.
    func begin(on key: PortTable.Key) throws {
        let splice = StreamSplice { [self] event in observed(event) }
        self.splice = splice
        try channel.pipeline.syncOperations.addHandler(splice)
        guard let (binding, tunnel) = ports.route(key) else { return refuse(ports.absence) }
        do throws(HTTP2Error) {
            let fields = RawRequest.connection(to: binding, from: channel.remoteAddress, on: channel.localAddress)
            stream = try tunnel.open(fields, ends: false, delegate: self)
            handler = tunnel.handler
        } catch {
            return refuse(.offline)
        }
        let bound = NIOLoopBound(self, eventLoop: channel.eventLoop)
        timer = channel.eventLoop.scheduleTask(in: ports.configuration.connectDeadline) { bound.value.refuse(.timeout) }
    }

    private func observed(_ event: StreamSplice.Event) {
        switch event {
        case .fromSocket(let count): ports.core.metrics.bytesFromVisitors.increment(by: count)
        case .toSocket(let count): ports.core.metrics.bytesToVisitors.increment(by: count)
        case .ended: ended()
        }
    }

    private func ended() {
        timer?.cancel()
        if !isJoined, let stream, !stream.isClosed { handler?.reset(stream, .cancel) }
        splice = nil
        ports.visitorLeft(self)
    }

    /// There is nobody to talk to: TCP has no words for why, so the visitor sees a reset.
    private func refuse(_ reason: RawRefusal) {
        guard !isJoined, splice != nil else { return }
        ports.metrics.refused(reason)
        splice?.abort()
    }

    /// Ends the connection and the stream at once.
    func abort() { splice?.abort() }

    // MARK: HTTP2StreamDelegate, until the agent has answered

    func stream(_ stream: HTTP2Stream, received fields: FieldSection, kind: HTTP2Event.HeadKind) {
        guard kind == .response else { return }
        guard fields.first(":status")?.first == UInt8(ascii: "2"), let handler else { return refuse(.refused) }
        timer?.cancel()
        isJoined = true
        splice?.join(stream, of: handler)
    }

    func stream(_ stream: HTTP2Stream, received data: ByteBuffer) {
        handler?.taken(data.readableBytes, on: stream)
    }

    func streamEnded(_ stream: HTTP2Stream) {}
    func streamWritable(_ stream: HTTP2Stream) {}
    func streamReadComplete(_ stream: HTTP2Stream) {}
    func stream(_ stream: HTTP2Stream, closed code: HTTP2ErrorCode) { refuse(.refused) }
}
