import NIOCore
import TunnelProtocol

/// Tells HTTP/2 by prior knowledge from HTTP/1.x by the first bytes, and makes way for the one that speaks it.
///
/// The preface of HTTP/2 (RFC 9113, 3.4) was made so that no HTTP/1.x request begins with it.
///
/// ## Concurrency
/// Belongs to its channel's event loop.
final class VisitorSniffer: ChannelInboundHandler, RemovableChannelHandler, Visitor {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    private let core: EdgeCore
    private var context: ChannelHandlerContext?
    private var received = ByteBuffer()
    private var deadline: Scheduled<Void>?
    private var isDecided = false

    private let peer: IPAddress?

    /// - Parameters:
    ///   - core: What serves the visitor once it is known what it speaks.
    ///   - peer: The other end of the connection, or what the PROXY protocol said in its place.
    init(core: EdgeCore, peer: IPAddress?) {
        self.core = core
        self.peer = peer
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        core.visitorConnected(self)
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        deadline = context.eventLoop.scheduleTask(in: core.configuration.headDeadline) { bound.value.abort() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
        self.context = nil
        core.visitorDisconnected(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDecided else { return context.fireChannelRead(data) }
        var bytes = unwrapInboundIn(data)
        if received.readableBytes == 0 { received = bytes } else { received.writeBuffer(&bytes) }
        let known = received.readableBytesView.prefix(Self.preface.count)
        guard known.elementsEqual(Self.preface.prefix(known.count)) else { return decide(context, isHTTP2: false) }
        if known.count == Self.preface.count { decide(context, isHTTP2: true) }
    }

    private func decide(_ context: ChannelHandlerContext, isHTTP2: Bool) {
        isDecided = true
        deadline?.cancel()
        do {
            if isHTTP2 {
                try HTTP2Visitor(core: core, channel: context.channel, peer: peer).start(after: .after(self))
            } else {
                let visitor = HTTP1Visitor(core: core, peer: peer)
                try context.pipeline.syncOperations.addHandler(visitor, position: .after(self))
            }
        } catch {
            return context.close(promise: nil)
        }
        var bytes = ByteBuffer()
        swap(&bytes, &received)
        context.fireChannelRead(wrapInboundOut(bytes))
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    /// Nothing has been asked for yet.
    func closeWhenIdle() { abort() }

    func abort() { context?.close(promise: nil) }
}
