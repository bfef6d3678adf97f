import NIOCore
import ProxyProtocol
import TunnelProtocol

/// Reads the PROXY protocol header that a connection must begin with, then makes way.
///
/// Everything behind the header is passed on; without a whole valid header in time nothing is, and the connection ends.
///
/// ## Concurrency
/// Belongs to its channel's event loop.
final class ProxyProtocolGate: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// Why a connection ended here; the raw value is a label in metrics.
    enum Refusal: String, CaseIterable {
        case malformed = "proxy_malformed"
        case late = "proxy_late"
    }

    /// What the header said: an address in place of the socket's own, or nil when the proxy speaks for itself.
    enum Outcome: Equatable {
        case peer(IPAddress?)
        case refused(Refusal)
    }

    private let limit: TimeAmount
    /// Called once; it adds what serves the connection behind this handler, or closes.
    private let settled: (any Channel, Outcome) -> Void
    private var received = ByteBuffer()
    private var deadline: Scheduled<Void>?
    private var isSettled = false

    init(deadline limit: TimeAmount, settled: @escaping (any Channel, Outcome) -> Void) {
        self.limit = limit
        self.settled = settled
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let bound = NIOLoopBound((gate: self, context: context), eventLoop: context.eventLoop)
        deadline = context.eventLoop.scheduleTask(in: limit) { bound.value.gate.refuse(.late, bound.value.context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isSettled else { return }
        var bytes = unwrapInboundIn(data)
        if received.readableBytes == 0 { received = bytes } else { received.writeBuffer(&bytes) }
        do throws(ProxyHeaderError) {
            guard let header = try ProxyHeader.read(from: &received) else { return }
            switch header {
            case .local: pass(nil, context)
            case .proxied(let connection):
                // A datagram cannot have come over this connection.
                guard connection.transport == .stream, let source = IPAddress(connection.source) else {
                    return refuse(.malformed, context)
                }
                pass(source, context)
            }
        } catch {
            refuse(.malformed, context)
        }
    }

    private func pass(_ peer: IPAddress?, _ context: ChannelHandlerContext) {
        isSettled = true
        deadline?.cancel()
        settled(context.channel, .peer(peer))
        var rest = ByteBuffer()
        swap(&rest, &received)
        if rest.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(rest)) }
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    private func refuse(_ refusal: Refusal, _ context: ChannelHandlerContext) {
        guard !isSettled else { return }
        isSettled = true
        settled(context.channel, .refused(refusal))
        context.close(promise: nil)
    }
}
