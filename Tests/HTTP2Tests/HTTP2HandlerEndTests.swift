import HTTPFields
import NIOCore
import NIOEmbedded
import Testing

@testable import HTTP2

/// What is left when something ends early.
struct HTTP2HandlerEndTests {
    /// Does something when the first bytes of a body come.
    private final class Interrupter: HTTP2StreamDelegate {
        let interrupt: () -> Void
        var closed: [HTTP2ErrorCode] = []
        var received = 0

        init(_ interrupt: @escaping () -> Void) { self.interrupt = interrupt }

        func stream(_ stream: HTTP2Stream, received fields: FieldSection, kind: HTTP2Event.HeadKind) {}

        func stream(_ stream: HTTP2Stream, received data: ByteBuffer) {
            received += data.readableBytes
            interrupt()
        }

        func streamEnded(_ stream: HTTP2Stream) {}
        func streamWritable(_ stream: HTTP2Stream) {}
        func stream(_ stream: HTTP2Stream, closed code: HTTP2ErrorCode) { closed.append(code) }
        func streamReadComplete(_ stream: HTTP2Stream) {}
    }

    @Test func `closing in the middle of a batch tells every stream once, and holds nothing`() throws {
        let pair = try HandlerPair()
        let handler = pair.edgeHandler
        let readers = (0..<3).map { _ in Interrupter { handler.close() } }
        for reader in readers { _ = try handler.open(.get("/"), ends: true, delegate: reader) }
        try pair.exchange()
        // All three answers lie in one read.
        for stream in pair.agentDelegate.accepted {
            try pair.agentHandler.respond(.status("200"), on: stream, ends: false)
            _ = pair.agentHandler.send(ByteBuffer(pattern: 3000), on: stream)
        }
        try pair.exchange()
        #expect(readers.map(\.closed) == Array(repeating: [.connectionLost], count: 3))
        #expect(readers.reduce(0) { $0 + $1.received } == 3000)
        #expect(pair.edgeDelegate.ends == [.closed])
        #expect(pair.edgeBudget.used == 0)
    }

    @Test func `a stream that is reset while it is read holds nothing`() throws {
        let pair = try HandlerPair()
        let (stream, served) = try pair.openAnswered()
        _ = pair.agentHandler.send(ByteBuffer(pattern: 5000), on: served)
        try pair.exchange()
        #expect(pair.edgeBudget.used == 5000)
        pair.edgeHandler.reset(stream, .cancel)
        try pair.exchange()
        #expect(pair.edgeBudget.used == 0)
        #expect(pair.edgeHandler.heldCredit == 0)
    }

    @Test func `a stream that ended well is held until its reader has taken the rest`() throws {
        let pair = try HandlerPair()
        let (stream, served) = try pair.openAnswered()
        _ = pair.agentHandler.send(ByteBuffer(pattern: 5000), on: served)
        pair.agentHandler.finish(served)
        try pair.exchange()
        #expect(pair.edgeDelegate.closed == [.noError])
        #expect(pair.edgeBudget.used == 5000)
        pair.edgeHandler.taken(2000, on: stream)
        #expect(pair.edgeBudget.used == 3000)
        pair.edgeHandler.taken(3000, on: stream)
        #expect(pair.edgeBudget.used == 0)
        #expect(pair.edgeHandler.behind.isEmpty)
    }

    @Test func `the rest of a stream that ended well is let go of with the connection`() throws {
        let pair = try HandlerPair()
        let (_, served) = try pair.openAnswered()
        _ = pair.agentHandler.send(ByteBuffer(pattern: 5000), on: served)
        pair.agentHandler.finish(served)
        try pair.exchange()
        pair.edgeHandler.close()
        #expect(pair.edgeBudget.used == 0)
        #expect(pair.edgeHandler.behind.isEmpty)
    }

    /// Holds all that it gets, whatever happens to the stream.
    private final class Keeper: HTTP2StreamDelegate {
        private(set) var kept = 0
        private(set) var wasEvicted = false

        func take(_ stream: HTTP2Stream, from handler: HTTP2Handler) {
            handler.taken(kept, on: stream)
            kept = 0
        }

        func stream(_ stream: HTTP2Stream, received fields: FieldSection, kind: HTTP2Event.HeadKind) {}
        func stream(_ stream: HTTP2Stream, received data: ByteBuffer) { kept += data.readableBytes }
        func streamEnded(_ stream: HTTP2Stream) {}
        func streamWritable(_ stream: HTTP2Stream) {}
        func stream(_ stream: HTTP2Stream, closed code: HTTP2ErrorCode) {}
        func streamReadComplete(_ stream: HTTP2Stream) {}
        func bytesKept(of stream: HTTP2Stream) -> Int { kept }

        func streamEvicted(_ stream: HTTP2Stream) {
            wasEvicted = true
            kept = 0
        }
    }

    @Test func `what a reader keeps beyond the connection counts until it has been taken`() throws {
        let pair = try HandlerPair()
        let keepers = [Keeper(), Keeper()]
        let streams = try keepers.map { try pair.edgeHandler.open(.get("/"), ends: true, delegate: $0) }
        try pair.exchange()
        // One response ends, the other does not.
        for served in pair.agentDelegate.accepted {
            try pair.agentHandler.respond(.status("200"), on: served, ends: false)
            _ = pair.agentHandler.send(ByteBuffer(pattern: 5000), on: served)
        }
        pair.agentHandler.finish(pair.agentDelegate.accepted[0])
        try pair.exchange()
        pair.edgeHandler.close()
        #expect(pair.edgeDelegate.ends == [.closed])
        #expect(pair.edgeBudget.used == 10_000)
        for (keeper, stream) in zip(keepers, streams) { keeper.take(stream, from: pair.edgeHandler) }
        #expect(pair.edgeBudget.used == 0)
        #expect(pair.edgeHandler.behind.isEmpty)
    }

    /// Few enough unread bytes to be too many soon.
    private static var narrow: HTTP2Limits {
        var limits = HTTP2Limits.towardsAgent
        limits.receiveBudget = limits.connectionWindow + 4000
        return limits
    }

    /// Lets a reader have a whole response, to a request that ends or goes on.
    private func answer(_ keeper: Keeper, with count: Int, of pair: HandlerPair, requestEnds: Bool) throws {
        _ = try pair.edgeHandler.open(.get("/"), ends: requestEnds, delegate: keeper)
        try pair.exchange()
        let served = try #require(pair.agentDelegate.accepted.last)
        try pair.agentHandler.respond(.status("200"), on: served, ends: false)
        _ = pair.agentHandler.send(ByteBuffer(pattern: count), on: served)
        pair.agentHandler.finish(served)
        try pair.exchange()
    }

    @Test func `a reader that keeps too much of a stream that ended is told to let go of it`() throws {
        let pair = try HandlerPair(edgeLimits: Self.narrow)
        let keeper = Keeper()
        try answer(keeper, with: 5000, of: pair, requestEnds: true)
        _ = try pair.openAnswered()
        try pair.exchange()
        #expect(keeper.wasEvicted)
        #expect(pair.edgeBudget.used == 0)
    }

    @Test func `a reader that is cut off on a stream that goes on lets go of what it holds`() throws {
        let pair = try HandlerPair(edgeLimits: Self.narrow)
        let keeper = Keeper()
        try answer(keeper, with: Self.narrow.initialStreamWindow / 2, of: pair, requestEnds: false)
        #expect(keeper.wasEvicted)
        #expect(pair.edgeBudget.used == 0)
    }

    @Test func `what is kept of a connection that is over gives way to one that goes on`() throws {
        let pair = try HandlerPair(budget: 6000)
        let keeper = Keeper()
        _ = try pair.edgeHandler.open(.get("/"), ends: true, delegate: keeper)
        try pair.exchange()
        let served = try #require(pair.agentDelegate.accepted.last)
        try pair.agentHandler.respond(.status("200"), on: served, ends: false)
        _ = pair.agentHandler.send(ByteBuffer(pattern: 5000), on: served)
        try pair.exchange()
        pair.edgeHandler.close()
        #expect(pair.edgeBudget.used == 5000 && !keeper.wasEvicted)
        let other = try HandlerPair(sharing: pair.edgeBudget)
        let (_, next) = try other.openAnswered()
        _ = other.agentHandler.send(ByteBuffer(pattern: 5000), on: next)
        try other.exchange()
        #expect(keeper.wasEvicted)
        #expect(pair.edgeBudget.used == 5000)
    }

    @Test func `credit that was kept back is given back when its readers have gone`() throws {
        let pair = try HandlerPair(edgeLimits: Self.narrow)
        // Neither of them holds enough to be cut off.
        let pairs = try (0..<2).map { _ in try pair.openAnswered() }
        for (_, served) in pairs { _ = pair.agentHandler.send(ByteBuffer(pattern: 3000), on: served) }
        try pair.exchange()
        #expect(pair.edgeHandler.heldCredit > 0)
        for (stream, _) in pairs { pair.edgeHandler.reset(stream, .cancel) }
        try pair.exchange()
        #expect(pair.edgeHandler.heldCredit == 0)
    }

    @Test func `a peer that breaks the rules is the reason of the end`() throws {
        let pair = try HandlerPair()
        // DATA on a stream that nobody has opened (RFC 9113, 5.1).
        try pair.edge.writeInbound(ByteBuffer(bytes: [0, 0, 1, 0, 0, 0, 0, 0, 99, 7]))
        try pair.exchange()
        guard case .protocolViolation = pair.edgeDelegate.ends.first else {
            Issue.record("ended with \(pair.edgeDelegate.ends)")
            return
        }
    }

    @Test func `bodies of another length than their heads say are counted as glitches`() throws {
        var limits = HTTP2Limits.towardsAgent
        limits.glitches = HTTP2Limits.Allowance(burst: 2, perSecond: 0)
        let pair = try HandlerPair(edgeLimits: limits)
        var head = FieldSection.status("200")
        head.append("content-length", "1")
        for _ in 0..<4 where pair.edgeDelegate.ends.isEmpty {
            let (_, served) = try pair.open()
            try pair.agentHandler.respond(head, on: served, ends: false)
            try pair.exchange()
            _ = pair.agentHandler.send(ByteBuffer(pattern: 2), on: served)
            try pair.exchange()
        }
        #expect(pair.edgeDelegate.closed.first == .protocolError)
        #expect(pair.edgeDelegate.ends == [.flooded("glitches")])
    }
}
