import NIOCore

/// Lets a connection be made to addresses within reach alone.
///
/// It stands where the socket is told the address, so that whatever a name was said to mean a moment ago, nothing else is
/// dialled than what was looked at.
final class DialGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer

    private let reach: OriginReach

    init(_ reach: OriginReach) { self.reach = reach }

    func connect(context: ChannelHandlerContext, to address: SocketAddress, promise: EventLoopPromise<Void>?) {
        guard reach.verdict(on: address) == .mayBeServed else {
            promise?.fail(UnreachableByRule())
            // Whoever dials leaves it to a connection that fails to close itself.
            return context.close(promise: nil)
        }
        context.connect(to: address, promise: promise)
    }

    func channelActive(context: ChannelHandlerContext) {
        // What is connected is not connected again, and every byte would pass here.
        context.fireChannelActive()
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }
}

/// An address is not among those that an agent serves.
struct UnreachableByRule: Error {}
