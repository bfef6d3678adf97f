import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import AdminHTTP

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite(.timeLimit(.minutes(5)))
struct AcceptGateTests {
    private let group = MultiThreadedEventLoopGroup.singleton

    /// Runs a listener behind a gate, and gives a stream of what it accepts.
    private func withListener(
        pause: TimeAmount = .milliseconds(10),
        isHeld: Bool = false,
        exhausted: @escaping @Sendable () -> Void = {},
        _ body: (any Channel, NIOLoopBound<AcceptGate>, AsyncStream<Void>) async throws -> Void
    ) async throws {
        let loop = group.next()
        let gate = try await loop.submit {
            let gate = AcceptGate(pause: pause, exhausted: exhausted)
            gate.hold(isHeld)
            return NIOLoopBound(gate, eventLoop: loop)
        }.get()
        let (accepted, announce) = AsyncStream.makeStream(of: Void.self)
        let listener = try await ServerBootstrap(group: loop)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(gate.value) }
            }
            .childChannelInitializer { channel in
                announce.yield()
                return channel.close()
            }
            .bind(host: "127.0.0.1", port: 0).get()
        try await body(listener, gate, accepted)
        try await listener.close()
    }

    private func connect(to listener: any Channel) async throws {
        let address = try #require(listener.localAddress)
        _ = try await ClientBootstrap(group: group).connect(to: address).get()
    }

    private func isReading(_ listener: any Channel) async throws -> Bool {
        try await listener.getOption(.autoRead).get()
    }

    @Test func `a listener that is held leaves connections in its backlog until it may go on`() async throws {
        try await withListener { listener, gate, accepted in
            try await listener.eventLoop.submit { gate.value.hold(true) }.get()
            #expect(try await !isReading(listener))
            try await connect(to: listener)
            try await listener.eventLoop.submit { gate.value.hold(false) }.get()
            for await _ in accepted { break }
        }
    }

    @Test func `a listener may be held before it listens`() async throws {
        try await withListener(isHeld: true) { listener, gate, accepted in
            #expect(try await !isReading(listener))
            try await connect(to: listener)
            try await listener.eventLoop.submit { gate.value.hold(false) }.get()
            for await _ in accepted { break }
        }
    }

    @Test(arguments: [EMFILE, ENFILE, ENOBUFS, ENOMEM])
    func `want of descriptors pauses it once and for a moment`(code: Int32) async throws {
        let pauses = Mutex(0)
        try await withListener(exhausted: { pauses.withLock { $0 += 1 } }) { listener, _, accepted in
            try await listener.eventLoop.submit {
                for _ in 0..<3 { listener.pipeline.fireErrorCaught(IOError(errnoCode: code, reason: "accept")) }
            }.get()
            #expect(pauses.withLock { $0 } == 1)
            try await connect(to: listener)
            for await _ in accepted { break }
            #expect(try await isReading(listener))
        }
    }

    @Test func `a pause that ends does not open a listener that is held`() async throws {
        try await withListener(pause: .milliseconds(1)) { listener, gate, _ in
            try await listener.eventLoop.submit {
                gate.value.hold(true)
                listener.pipeline.fireErrorCaught(IOError(errnoCode: EMFILE, reason: "accept"))
            }.get()
            try await listener.eventLoop.scheduleTask(in: .milliseconds(20)) {}.futureResult.get()
            #expect(try await !isReading(listener))
        }
    }

    /// Whoever serves what a listener accepts takes an error for the end of it.
    @Test func `no failure of a single peer goes further`() async throws {
        try await withListener { listener, _, accepted in
            let loop = listener.eventLoop
            let passed = try await loop.submit {
                let recorder = ErrorRecorder()
                try listener.pipeline.syncOperations.addHandler(recorder)
                listener.pipeline.fireErrorCaught(IOError(errnoCode: EINVAL, reason: "fcntl"))
                listener.pipeline.fireErrorCaught(ChannelError.inputClosed)
                return recorder.count
            }.get()
            #expect(passed == 0)
            try await connect(to: listener)
            for await _ in accepted { break }
        }
    }

    private final class ErrorRecorder: ChannelInboundHandler {
        typealias InboundIn = any Channel
        private(set) var count = 0

        func errorCaught(context: ChannelHandlerContext, error: any Error) { count += 1 }
    }

    @Test func `a peer that has left pauses nothing`() async throws {
        let pauses = Mutex(0)
        try await withListener(exhausted: { pauses.withLock { $0 += 1 } }) { listener, _, _ in
            try await listener.eventLoop.submit {
                listener.pipeline.fireErrorCaught(IOError(errnoCode: ECONNABORTED, reason: "accept"))
            }.get()
            #expect(try await isReading(listener))
        }
        #expect(pauses.withLock { $0 } == 0)
    }
}
