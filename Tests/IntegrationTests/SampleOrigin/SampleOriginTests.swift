import Foundation
import NIOCore
import NIOPosix
import Testing

@Suite(.enabled(if: OriginProcess.folder != nil, "run by ./dev test"), .timeLimit(.minutes(5)))
struct SampleOriginTests {
    /// SHA-256 of the pattern's first 3 000 000 bytes, by a separate program.
    private static let patternHash = "6c4140336ce6db566d4de08c89c45232ceae2b2d15df1531dc9b2a4f4489c9a1"

    @Test func `the page needs nothing from elsewhere`() async throws {
        try await OriginProcess.with { origin in
            let page = try origin.text("/")
            #expect(page.hasPrefix("<!doctype html>"))
            #expect(!page.contains("https://"))
            #expect(!page.contains("src=\"http"))
        }
    }

    @Test func `a download has the length it says and is the same with chunks`() async throws {
        try await OriginProcess.with { origin in
            let whole = try origin.curl("/download?bytes=1000001")
            let chunked = try origin.curl("/stream?bytes=1000001")
            #expect(whole.count == 1_000_001)
            #expect(whole == chunked)
            let head = try origin.text("/download?bytes=7", ["-I"])
            #expect(head.contains("content-length: 7\r\n"))
        }
    }

    @Test func `what is sent is hashed, and comes back from the mirror unchanged`() async throws {
        try await OriginProcess.with { origin in
            let body = try origin.curl("/download?bytes=3000000")
            let answer = try origin.text("/upload", sending: body)
            #expect(answer.hasPrefix(#"{"bytes":3000000,"sha256":"\#(Self.patternHash)""#))
            let mirrored = try origin.curl("/reflect", sending: body)
            #expect(mirrored == body)
        }
    }

    @Test func `trailers, early hints and statuses reach the visitor`() async throws {
        try await OriginProcess.with { origin in
            let trailers = try origin.text("/trailers", ["-i", "--data", "four"])
            #expect(trailers.contains("trailer: x-bytes\r\n"))
            #expect(trailers.hasSuffix("x-bytes: 4\r\n"))
            let hints = try origin.text("/early-hints", ["-i"])
            #expect(hints.hasPrefix("HTTP/1.1 103 Early Hints\r\n"))
            #expect(hints.contains("HTTP/1.1 200 OK\r\n"))
            let status = try origin.text("/status/204", ["-w", "%{http_code}"])
            #expect(status == "204")
        }
    }

    @Test func `what the origin saw is shown, fields repeated and in order`() async throws {
        try await OriginProcess.with { origin in
            let seen = try origin.curl("/headers?x=1", ["-H", "X-A: 1", "-H", "X-A: 2"])
            let json = try #require(try JSONSerialization.jsonObject(with: seen) as? [String: Any])
            let fields = try #require(json["headers"] as? [[String]])
            #expect(json["target"] as? String == "/headers?x=1")
            #expect(fields.filter { $0[0] == "X-A" } == [["X-A", "1"], ["X-A", "2"]])
        }
    }

    @Test func `events come one by one and end when asked to`() async throws {
        try await OriginProcess.with { origin in
            let events = try origin.text("/events?ms=1&count=3", ["-N"])
            #expect(events.split(separator: "\n\n").count == 3)
            #expect(events.hasPrefix("id: 1\nevent: time\ndata: "))
        }
    }

    @Test func `a connection that has served a request can become a WebSocket`() async throws {
        try await OriginProcess.with { origin in
            let request = "GET /status/200 HTTP/1.1\r\nHost: a\r\n\r\n"
            let upgrade = """
                GET /echo HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n
                """
            // Masked with zeroes: "hi", then a close without a reason.
            let frames: [UInt8] = [0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69, 0x88, 0x80, 0, 0, 0, 0]
            let answer = try await exchange(Array((request + upgrade).utf8) + frames, port: origin.port)
            let text = String(decoding: answer, as: UTF8.self)
            #expect(text.contains("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"))
            #expect(Array(answer.suffix(6)) == [0x81, 0x02, 0x68, 0x69, 0x88, 0x00])
        }
    }

    /// Sends bytes and returns what comes back until the origin closes.
    private func exchange(_ bytes: [UInt8], port: Int) async throws -> [UInt8] {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(bytes: bytes))
            var received: [UInt8] = []
            for try await part in inbound { received += part.readableBytesView }
            return received
        }
    }
}
