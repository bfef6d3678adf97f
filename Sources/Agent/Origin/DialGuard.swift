import NIOCore

/// Lets a connection be made to addresses within reach alone.
///
/// It stands where the socket is told the address, so that whatever a name was said to mean a moment ago, nothing else is
/// dialled than what was looked at.
final class DialGuard: ChannelOutboundHandler {
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
}

/// An address is not among those that an agent serves.
struct UnreachableByRule: Error {}
