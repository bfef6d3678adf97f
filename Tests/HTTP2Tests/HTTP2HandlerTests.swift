import HTTPFields
import NIOCore
import NIOEmbedded
import Testing

@testable import HTTP2

struct HTTP2HandlerTests {
    @Test func `opens with settings and measures the round trip at once`() throws {
        let pair = try HandlerPair()
        #expect(pair.edgeDelegate.settings.last?.allowsExtendedConnect == true)
        #expect(pair.edgeHandler.roundTrip != nil && pair.agentHandler.roundTrip != nil)
    }

    @Test func `sends what one tick submits in one write`() throws {
        let pair = try HandlerPair()
        let before = pair.writes.edge
        for _ in 0..<20 { _ = try pair.edgeHandler.open(.get("/"), ends: true, delegate: pair.edgeDelegate) }
        try pair.exchange()
        #expect(pair.writes.edge == before + 1)
        #expect(pair.agentDelegate.accepted.count == 20)
    }

    @Test func `answers a read with one write, and each reader is flushed once`() throws {
        let pair = try HandlerPair()
        let (_, served) = try pair.openAnswered()
        for _ in 0..<5 { _ = pair.agentHandler.send(ByteBuffer(pattern: 1000), on: served) }
        pair.agentHandler.finish(served)
        let writes = pair.writes.agent
        try pair.exchange()
        #expect(pair.writes.agent == writes + 1)
        #expect(pair.edgeDelegate.received == 5000)
        #expect(pair.edgeDelegate.readCompletes == 1)
        #expect(pair.edgeDelegate.closed == [.noError])
    }

    @Test func `resets a stream that nobody accepts`() throws {
        let pair = try HandlerPair()
        _ = try pair.edgeHandler.open(.get("/refused"), ends: true, delegate: pair.edgeDelegate)
        try pair.exchange()
        #expect(pair.edgeDelegate.closed == [.refusedStream])
    }

    @Test func `gives no stream credit before the reader took the bytes`() throws {
        let pair = try HandlerPair()
        let (stream, served) = try pair.openAnswered()
        _ = pair.agentHandler.send(ByteBuffer(pattern: 600_000), on: served)
        try pair.exchange()
        let window = HTTP2Limits().initialStreamWindow
        #expect(pair.edgeDelegate.received == window)
        pair.edgeHandler.taken(window, on: stream)
        try pair.exchange()
        #expect(pair.edgeDelegate.received == 2 * window)
    }

    @Test func `a reader that stalls holds up nobody else`() throws {
        let pair = try HandlerPair()
        let (_, slow) = try pair.openAnswered()
        _ = pair.agentHandler.send(ByteBuffer(repeating: 7, count: 400_000), on: slow)
        try pair.exchange()
        let held = pair.edgeDelegate.received
        for _ in 0..<100 {
            let (stream, served) = try pair.openAnswered()
            _ = pair.agentHandler.send(ByteBuffer(repeating: 7, count: 200_000), on: served)
            pair.agentHandler.finish(served)
            try pair.exchange()
            pair.edgeHandler.taken(stream.unreadBytes, on: stream)
        }
        #expect(pair.edgeDelegate.received == held + 100 * 200_000)
        #expect(pair.edgeBudget.used == held)
    }

    @Test func `keeps within its memory by ending the stream that is furthest behind`() throws {
        var limits = HTTP2Limits()
        limits.connectionWindow = 1 << 20
        limits.receiveBudget = 2 << 20
        let pair = try HandlerPair(edgeLimits: limits)
        for _ in 0..<12 {
            let (_, served) = try pair.openAnswered()
            _ = pair.agentHandler.send(ByteBuffer(repeating: 7, count: 250_000), on: served)
            try pair.exchange()
            #expect(pair.edgeBudget.used <= limits.receiveBudget)
        }
        #expect(pair.edgeDelegate.closed.contains(.enhanceYourCalm))
        #expect(pair.edgeDelegate.ends.isEmpty)
    }

    @Test func `waits for the memory of the process and goes on when another tunnel frees it`() throws {
        let pair = try HandlerPair(budget: 100_000)
        pair.edgeBudget.add(100_001)
        let (stream, served) = try pair.openAnswered()
        _ = pair.agentHandler.send(ByteBuffer(pattern: 10_000), on: served)
        try pair.exchange()
        #expect(pair.edgeHandler.heldCredit == 10_000)
        pair.edgeHandler.taken(stream.unreadBytes, on: stream)
        #expect(pair.edgeHandler.heldCredit == 10_000)
        pair.edgeBudget.remove(100_001)
        #expect(pair.edgeHandler.heldCredit == 0)
    }

    @Test func `ten thousand aborted visitors do not cost the tunnel`() throws {
        let pair = try HandlerPair()
        for _ in 0..<10_000 {
            let (stream, _) = try pair.open(ends: false)
            pair.edgeHandler.reset(stream, .cancel)
        }
        try pair.exchange()
        #expect(pair.edgeDelegate.ends.isEmpty && pair.agentDelegate.ends.isEmpty)
        #expect(pair.agentDelegate.closed.count == 10_000)
        #expect(pair.agentHandler.openStreams == 0)
    }

    @Test func `an agent that floods with resets loses its tunnel`() throws {
        let pair = try HandlerPair()
        for _ in 0..<1100 where pair.edgeDelegate.ends.isEmpty {
            let (_, served) = try pair.open(ends: false)
            pair.agentHandler.reset(served, .cancel)
            try pair.exchange()
        }
        #expect(pair.edgeDelegate.ends == [.flooded("resets")])
        #expect(pair.agentDelegate.goAways.contains("flooded"))
    }

    @Test func `a peer that floods with PINGs loses its tunnel`() throws {
        let pair = try HandlerPair()
        var ping = ByteBuffer(bytes: [0, 0, 8, 6, 0, 0, 0, 0, 0])
        ping.writeInteger(UInt64(1))
        for _ in 0..<1100 where pair.edge.isActive {
            try pair.edge.writeInbound(ping)
            _ = try pair.edge.readOutbound(as: ByteBuffer.self)
        }
        #expect(pair.edgeDelegate.ends == [.flooded("control_frames")])
    }

    @Test func `a peer that floods with empty DATA loses its tunnel`() throws {
        let pair = try HandlerPair()
        let (stream, _) = try pair.openAnswered()
        try pair.exchange()
        var empty = ByteBuffer(bytes: [0, 0, 0, 0, 0])
        empty.writeInteger(UInt32(stream.id))
        for _ in 0..<300 where pair.edge.isActive { try pair.edge.writeInbound(empty) }
        #expect(pair.edgeDelegate.ends == [.flooded("glitches")])
    }

    @Test func `refuses DATA before a response, as a client must`() throws {
        let pair = try HandlerPair()
        let stream = try pair.edgeHandler.open(.get("/"), ends: true, delegate: pair.edgeDelegate)
        pair.edge.embeddedEventLoop.run()
        var data = ByteBuffer(bytes: [0, 0, 3, 0, 0])
        data.writeInteger(UInt32(stream.id))
        data.writeString("abc")
        try pair.edge.writeInbound(data)
        #expect(pair.edgeDelegate.received == 0)
        try pair.exchange()
        #expect(stream.isClosed)
    }

    @Test func `refuses a push, which it has switched off`() throws {
        let pair = try HandlerPair()
        let (stream, _) = try pair.open(ends: false)
        var push = ByteBuffer(bytes: [0, 0, 4, 5, 4])
        push.writeInteger(UInt32(stream.id))
        push.writeInteger(UInt32(2))
        try pair.edge.writeInbound(push)
        try pair.exchange()
        #expect(!pair.edge.isActive)
    }

    @Test func `closes every stream when the connection is lost, and frees its memory`() throws {
        let pair = try HandlerPair()
        let (_, served) = try pair.openAnswered()
        _ = pair.agentHandler.send(ByteBuffer(pattern: 5000), on: served)
        try pair.exchange()
        _ = try pair.edge.finish(acceptAlreadyClosed: true)
        #expect(pair.edgeDelegate.closed == [.connectionLost])
        #expect(pair.edgeDelegate.ends == [.peerClosed])
        #expect(pair.edgeBudget.used == 0)
    }

    @Test func `says why it leaves`() throws {
        let pair = try HandlerPair()
        pair.edgeHandler.goAway(.noError, debug: "draining")
        pair.edgeHandler.close()
        try pair.exchange()
        #expect(pair.agentDelegate.goAways == ["draining"])
        #expect(pair.edgeDelegate.ends == [.closed])
        #expect(throws: HTTP2Error.self) {
            _ = try pair.edgeHandler.open(.get("/"), ends: true, delegate: pair.edgeDelegate)
        }
    }
}
