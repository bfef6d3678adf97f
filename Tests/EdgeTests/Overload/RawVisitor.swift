import NIOCore
import NIOPosix

@testable import Edge

/// A visitor that sends bytes and takes down what comes back.
struct RawVisitor: Sendable {
    private let channel: any Channel
    private let answer: EventLoopFuture<String>

    /// Connects to `host:port`.
    init(to address: String, reads: Bool = true) async throws {
        guard let parsed = ListenAddress(address) else { throw CancellationError() }
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let ended = loop.makePromise(of: String.self)
        answer = ended.futureResult
        do {
            channel = try await ClientBootstrap(group: loop)
                .channelOption(.autoRead, value: reads)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(Transcript(ended))
                    }
                }
                .connect(host: parsed.host, port: parsed.port).get()
        } catch {
            ended.fail(error)
            throw error
        }
    }

    func send(_ text: String) async throws { try await channel.writeAndFlush(ByteBuffer(string: text)).get() }

    /// Everything that came until the other side ended the connection.
    func untilClosed() async throws -> String {
        defer { channel.close(promise: nil) }
        return try await answer.get()
    }

    /// Done when the connection is over, whoever ended it.
    func closed() async throws { try await channel.closeFuture.get() }

    func close() async throws { try await channel.close().get() }

    private final class Transcript: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let ended: EventLoopPromise<String>
        private var bytes = ByteBuffer()

        init(_ ended: EventLoopPromise<String>) { self.ended = ended }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            bytes.writeImmutableBuffer(unwrapInboundIn(data))
        }

        func channelInactive(context: ChannelHandlerContext) { ended.succeed(String(buffer: bytes)) }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}

/// Waits until a condition holds, looking again and again; the test's own time limit ends the wait.
func eventually(_ condition: () throws -> Bool) async throws {
    while try !condition() { try await ContinuousClock().sleep(for: .milliseconds(5)) }
}
