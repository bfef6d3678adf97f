import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Edge

@Suite(.timeLimit(.minutes(5)))
struct SlowReaderGuardTests {
    /// More than the kernel takes for a peer that reads nothing.
    private static let much = ByteBuffer(repeating: 0x61, count: 32 * 1024 * 1024)

    /// Runs a listener that sends a lot to whoever connects.
    private func withSender(
        limit: TimeAmount,
        gaveUp: @escaping @Sendable () -> Void,
        _ body: (String) async throws -> Void
    ) async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let reader = SlowReaderGuard(limit: limit, gaveUp: gaveUp)
                    try channel.pipeline.syncOperations.addHandlers([reader, Sender()])
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        try await body(try #require(listener.localAddress?.hostAndPort))
        try await listener.close()
    }

    private final class Sender: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        func channelActive(context: ChannelHandlerContext) {
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            context.writeAndFlush(wrapOutboundOut(SlowReaderGuardTests.much)).whenSuccess {
                bound.value.close(promise: nil)
            }
        }
    }

    @Test func `a peer that takes nothing is reset`() async throws {
        let (givenUp, announce) = AsyncStream.makeStream(of: Void.self)
        try await withSender(limit: .milliseconds(100), gaveUp: { announce.yield() }) { address in
            let visitor = try await RawVisitor(to: address, reads: false)
            for await _ in givenUp { break }
            try await visitor.closed()
        }
    }

    @Test func `a peer that reads gets everything`() async throws {
        let count = Mutex(0)
        try await withSender(limit: .seconds(30), gaveUp: { count.withLock { $0 += 1 } }) { address in
            let text = try await RawVisitor(to: address).untilClosed()
            #expect(text.utf8.count == Self.much.readableBytes)
        }
        #expect(count.withLock { $0 } == 0)
    }
}
