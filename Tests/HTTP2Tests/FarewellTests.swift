import HTTPFields
import NIOCore
import NIOEmbedded
import Testing

@testable import HTTP2

/// The end of a connection whose peer has not read everything yet.
struct FarewellTests {
    /// A socket that takes nothing until it is told to.
    private final class SlowSocket: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        var isHolding = false
        private var held: [(bytes: NIOAny, promise: EventLoopPromise<Void>?)] = []

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            if isHolding { held.append((data, promise)) } else { context.write(data, promise: promise) }
        }

        func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
            for (_, promise) in held { promise?.fail(ChannelError.ioOnClosedChannel) }
            held = []
            context.close(mode: mode, promise: promise)
        }

        func takeAll(_ context: ChannelHandlerContext) {
            isHolding = false
            for (bytes, promise) in held { context.write(bytes, promise: promise) }
            held = []
            context.flush()
        }
    }

    /// A server that has said goodbye with a response in a socket that takes nothing.
    private struct Leaving {
        let pair: HandlerPair
        let socket = SlowSocket()

        init(_ limits: HTTP2Limits) throws {
            pair = try HandlerPair(agentLimits: limits)
            try pair.agent.pipeline.syncOperations.addHandler(socket, position: .first)
            let (_, served) = try pair.openAnswered()
            try pair.exchange()
            socket.isHolding = true
            _ = pair.agentHandler.send(ByteBuffer(pattern: 5000), on: served)
            pair.agentHandler.finish(served)
            pair.agent.embeddedEventLoop.run()
            // From here on what is submitted stays with the library.
            pair.agent.isWritable = false
            pair.agentHandler.goAway(.noError)
            pair.agent.embeddedEventLoop.run()
            pair.agentHandler.close()
        }
    }

    @Test func `a peer that is granted a farewell gets what is queued before the connection closes`() throws {
        let leaving = try Leaving(.towardsVisitor)
        let pair = leaving.pair
        #expect(pair.agent.isActive && pair.agentDelegate.ends.isEmpty)
        leaving.socket.takeAll(try pair.agent.pipeline.syncOperations.context(handler: leaving.socket))
        try pair.exchange()
        #expect(pair.edgeDelegate.received == 5000)
        #expect(pair.edgeDelegate.closed == [.noError])
        #expect(pair.edgeDelegate.goAways.count == 1)
        // Its own side stays open for a moment, and not for longer.
        pair.agent.embeddedEventLoop.advanceTime(by: .seconds(3))
        #expect(!pair.agent.isActive)
        #expect(pair.agentDelegate.ends == [.closed])
    }

    @Test func `a peer that never reads is not waited for beyond its farewell`() throws {
        var limits = HTTP2Limits.towardsVisitor
        limits.farewell = .seconds(10)
        let leaving = try Leaving(limits)
        leaving.pair.agent.embeddedEventLoop.advanceTime(by: .seconds(9))
        #expect(leaving.pair.agentDelegate.ends.isEmpty)
        leaving.pair.agent.embeddedEventLoop.advanceTime(by: .seconds(2))
        #expect(leaving.pair.agentDelegate.ends == [.closed])
        #expect(!leaving.pair.agent.isActive)
    }

    @Test func `a peer that leaves meanwhile ends it`() throws {
        let leaving = try Leaving(.towardsVisitor)
        #expect(leaving.pair.agentDelegate.ends.isEmpty)
        leaving.pair.agent.close(promise: nil)
        leaving.pair.agent.embeddedEventLoop.advanceTime(by: .seconds(61))
        #expect(leaving.pair.agentDelegate.ends == [.closed])
    }

    @Test func `without a farewell the connection closes at once`() throws {
        let leaving = try Leaving(.towardsEdge)
        #expect(leaving.pair.agentDelegate.ends == [.closed])
        #expect(!leaving.pair.agent.isActive)
    }
}
