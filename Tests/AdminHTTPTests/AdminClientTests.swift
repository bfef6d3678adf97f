import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import AdminHTTP

@Suite(.timeLimit(.minutes(5)))
struct AdminClientTests {
    private func code(_ limits: AdminClient.Limits = .standard, at address: AdminAddress) async -> AdminError.Code? {
        do throws(AdminError) {
            _ = try await AdminClient.get("/", at: address, limits: limits)
            return nil
        } catch {
            return error.code
        }
    }

    /// A listener that accepts, sends `answer` and then, if told so, closes.
    private func withListener(
        sending answer: String,
        closing: Bool,
        _ body: (AdminAddress) async throws -> Void
    ) async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    channel.pipeline.fireChannelActive()
                    let written = channel.writeAndFlush(ByteBuffer(string: answer))
                    if closing { written.whenComplete { _ in channel.close(promise: nil) } }
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(listener.localAddress?.port)
        try await body(.tcp(host: "127.0.0.1", port: port))
        try await listener.close()
    }

    @Test func `nobody there is said at once`() async {
        #expect(await code(at: .unix(path: "/tmp/osm-nobody.sock")) == .cannotConnect)
    }

    @Test func `an endpoint that says nothing is given up at the deadline`() async throws {
        try await withListener(sending: "", closing: false) { address in
            #expect(await code(.init(deadline: .milliseconds(50)), at: address) == .timedOut)
        }
    }

    @Test func `an answer beyond the limit is not kept`() async throws {
        let routes = ["/": AdminRoute.get { _ in .text(String(repeating: "x", count: 1000)) }]
        try await withServer(AdminServer(.tcp(host: "127.0.0.1", port: 0), routes: routes)) { address in
            #expect(await code(.init(deadline: .seconds(60), bodyBytes: 999), at: address) == .answerTooLong)
            #expect(await code(.init(deadline: .seconds(60), bodyBytes: 1000), at: address) == nil)
        }
    }

    /// Answers the first bytes of a request and ends, and takes nothing more.
    private final class EarlyAnswer: ChannelInboundHandler, RemovableChannelHandler {
        typealias InboundIn = ByteBuffer

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let channel = context.channel
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
            let answer = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 4\r\n\r\nlong"
            channel.setOption(.autoRead, value: false).flatMap { channel.writeAndFlush(ByteBuffer(string: answer)) }
                .whenSuccess { channel.close(mode: .output, promise: nil) }
        }
    }

    @Test func `an answer that comes before the request is written to its end is an answer`() async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(EarlyAnswer()) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let address = AdminAddress.tcp(host: "127.0.0.1", port: try #require(listener.localAddress?.port))
        // More than the sockets in between hold.
        let body = ByteBuffer(repeating: UInt8(ascii: "x"), count: 32 << 20)
        let answer = try await AdminClient.post("/", body: body, at: address, limits: .patient)
        #expect(answer.status == 413 && String(buffer: answer.body) == "long")
        try await listener.close()
    }
}
