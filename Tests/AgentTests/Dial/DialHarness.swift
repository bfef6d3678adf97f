@testable import Agent
import NIOCore
import NIOPosix
import Synchronization
import Testing

/// The other ends of a dial, on loopback: what each does with whoever connects.
enum FarEnd {
    /// Sends the bytes at once, then sends back what it gets.
    static func greeting(_ greeting: String) async throws -> any Channel {
        try await listen { $0.pipeline.addHandler(Greeter(greeting)) }
    }

    /// Answers each thing that it is told with the next of the answers, then closes if that is wanted.
    static func answering(_ answers: [[UInt8]], closes: Bool = false) async throws -> any Channel {
        try await listen { $0.pipeline.addHandler(Answerer(answers, closes: closes)) }
    }

    static func listen(
        _ initializer: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) async throws -> any Channel {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer(initializer)
            .bind(host: "127.0.0.1", port: 0).get()
    }

    private final class Greeter: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let greeting: String

        init(_ greeting: String) { self.greeting = greeting }

        func channelActive(context: ChannelHandlerContext) {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: greeting)), promise: nil)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            context.writeAndFlush(wrapOutboundOut(unwrapInboundIn(data)), promise: nil)
        }
    }

    private final class Answerer: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let answers: Mutex<[[UInt8]]>
        private let closes: Bool

        init(_ answers: [[UInt8]], closes: Bool) {
            self.answers = Mutex(answers.reversed())
            self.closes = closes
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let (answer, isLast) = answers.withLock { ($0.popLast(), $0.isEmpty) }
            if let answer { context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: answer)), promise: nil) }
            if isLast, closes { context.close(promise: nil) }
        }
    }
}

/// A listener that nobody serves and whose queue is full: whoever connects hears nothing, as behind a firewall.
struct DeadEnd {
    private let server: any Channel
    private let waiting: [any Channel]

    let address: SocketAddress

    /// Listens, and fills the queue.
    ///
    /// - Parameter host: An address of this machine.
    /// - Throws: What NIO says when it cannot listen.
    init(host: String) async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let server = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1)
            .serverChannelOption(.autoRead, value: false)
            .bind(host: host, port: 0).get()
        let address = try #require(server.localAddress)
        var waiting: [any Channel] = []
        // The kernel lets one or two more in than it was told.
        do {
            for _ in 0..<16 {
                let client = ClientBootstrap(group: group).connectTimeout(.milliseconds(300))
                waiting.append(try await client.connect(to: address).get())
            }
            Issue.record("the listener's queue has no end")
        } catch ChannelError.connectTimeout {
            // Full.
        }
        self.server = server
        self.address = address
        self.waiting = waiting
    }

    func close() async throws {
        for channel in waiting { try await channel.close() }
        try await server.close()
    }
}

/// What came in on a dialled connection.
final class Inbox: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    private let pieces: AsyncStream<String>
    private let continuation: AsyncStream<String>.Continuation

    init() { (pieces, continuation) = AsyncStream.makeStream() }

    /// The first bytes, as soon as there are so many; fewer when the connection ends before.
    func text(of count: Int) async -> String {
        var text = ""
        for await piece in pieces {
            text += piece
            if text.utf8.count >= count { break }
        }
        return text
    }

    /// Returns when the connection has ended.
    func end() async { for await _ in pieces {} }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        continuation.yield(String(buffer: unwrapInboundIn(data)))
    }

    /// A connection that ends before it was told to be active is never told to be inactive.
    func handlerRemoved(context: ChannelHandlerContext) { continuation.finish() }
}
