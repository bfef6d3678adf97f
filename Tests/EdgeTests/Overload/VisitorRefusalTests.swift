import NIOCore
import NIOEmbedded
import Testing

@testable import Edge

struct VisitorRefusalTests {
    private func channel() throws -> EmbeddedChannel {
        let page = ErrorPage(.tooManyConnections, requestID: "r-1")
        let channel = EmbeddedChannel(handler: VisitorRefusal(page: page))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }

    @Test func `answers once, when the request begins to arrive`() throws {
        let channel = try channel()
        #expect(try channel.readOutbound(as: ByteBuffer.self) == nil)
        try channel.writeInbound(ByteBuffer(string: "GET /"))
        let answer = try #require(try channel.readOutbound(as: ByteBuffer.self))
        #expect(String(buffer: answer).hasPrefix("HTTP/1.1 429 Too Many Requests\r\n"))
        #expect(String(buffer: answer).contains("connection: close\r\n"))
        #expect(String(buffer: answer).contains("retry-after: 10\r\n"))
        try channel.writeInbound(ByteBuffer(string: " HTTP/1.1\r\n\r\n"))
        #expect(try channel.readOutbound(as: ByteBuffer.self) == nil)
        _ = try channel.finish(acceptAlreadyClosed: true)
    }

    @Test func `goes whatever the peer does`() throws {
        let channel = try channel()
        channel.embeddedEventLoop.advanceTime(by: VisitorRefusal.patience)
        #expect(!channel.isActive)
    }
}
