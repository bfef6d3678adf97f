import NIOCore

/// Sets accepted connections up in one go, and hands them to their event loop past the bootstrap's own handler.
///
/// That one makes half a dozen futures for each connection, to wait for options and initializers that are done at once.
///
/// ## Concurrency
/// Belongs to the listener's event loop, which must be that of its connections too.
final class AcceptShortcut: ChannelInboundHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel

    private let setUp: (any Channel) throws -> Void
    /// Stands behind the bootstrap's handler; what it fires goes to the listener itself.
    private var end: ChannelHandlerContext?

    /// Marks a place.
    private final class End: ChannelInboundHandler {
        typealias InboundIn = any Channel
    }

    /// - Parameter setUp: Sets options and handlers of a connection; what it throws ends the connection.
    init(setUp: @escaping (any Channel) throws -> Void) { self.setUp = setUp }

    func handlerRemoved(context: ChannelHandlerContext) { end = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let channel = unwrapInboundIn(data)
        do {
            try setUp(channel)
            try endOfPipeline(context).fireChannelRead(data)
        } catch {
            channel.close(promise: nil)
            context.fireErrorCaught(error)
        }
    }

    /// The bootstrap adds its handler after this one, but before anything is accepted.
    private func endOfPipeline(_ context: ChannelHandlerContext) throws -> ChannelHandlerContext {
        if let end { return end }
        let handler = End()
        let pipeline = context.pipeline.syncOperations
        try pipeline.addHandler(handler, position: .last)
        let end = try pipeline.context(handler: handler)
        self.end = end
        return end
    }
}
