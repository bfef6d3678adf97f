import HTTPFields
import NIOCore
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
}
