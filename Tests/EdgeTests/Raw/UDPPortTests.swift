import Agent
import HTTP2
import NIOCore
import NIOPosix
import Testing

@testable import Edge

/// Whole flows: visitor, edge, tunnel, agent and local service.
@Suite(.timeLimit(.minutes(5)))
struct UDPPortTests {
    /// A UDP socket on loopback.
    private typealias Socket = NIOAsyncChannel<AddressedEnvelope<ByteBuffer>, AddressedEnvelope<ByteBuffer>>

    private static func socket() async throws -> Socket {
        try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 64 * 1024))
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture { try Socket(wrappingChannelSynchronously: channel) }
            }
    }

    /// Answers each datagram with `answers` copies of itself.
    private func visit<Result: Sendable>(
        answers: Int = 1,
        configure: @escaping @Sendable (inout RawConfiguration) -> Void = { _ in },
        configureEdge: @escaping @Sendable (inout EdgeConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (RawHarness.PublicPort) async throws -> Result
    ) async throws -> Result {
        let service = try await Self.socket()
        let local = try #require(service.channel.localAddress?.port)
        let target = try OriginTarget("\(local)")
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                try await service.executeThenClose { inbound, outbound in
                    for try await datagram in inbound {
                        for _ in 0..<answers { try await outbound.write(datagram) }
                    }
                }
                return nil
            }
            group.addTask {
                try await RawHarness.withPort(
                    to: try .udp(target, port: nil),
                    configure: configure,
                    configureEdge: configureEdge,
                    body
                )
            }
            defer { group.cancelAll() }
            while let result = try await group.next() { if let result { return result } }
            throw CancellationError()
        }
    }

    private static func datagram(_ bytes: ByteBuffer, to port: RawHarness.PublicPort) throws
        -> AddressedEnvelope<ByteBuffer>
    {
        AddressedEnvelope(
            remoteAddress: try SocketAddress(ipAddress: "127.0.0.1", port: port.number),
            data: bytes
        )
    }

    @Test(arguments: [0, 1, 1200, 9000, 65_507])
    func `a datagram of any size comes back as it went`(size: Int) async throws {
        let bytes = ByteBuffer(repeating: 0x5A, count: size)
        let echoed = try await visit { port in
            try await Self.socket().executeThenClose { inbound, outbound in
                try await outbound.write(Self.datagram(bytes, to: port))
                var datagrams = inbound.makeAsyncIterator()
                return try await datagrams.next()?.data
            }
        }
        #expect(echoed == bytes)
    }

    @Test func `each visitor has a flow of its own, and only its own answers`() async throws {
        try await visit { port in
            try await Self.socket().executeThenClose { oneIn, oneOut in
                try await Self.socket().executeThenClose { twoIn, twoOut in
                    var (one, two) = (oneIn.makeAsyncIterator(), twoIn.makeAsyncIterator())
                    for round in 0..<20 {
                        try await oneOut.write(Self.datagram(ByteBuffer(string: "one \(round)"), to: port))
                        try await twoOut.write(Self.datagram(ByteBuffer(string: "two \(round)"), to: port))
                        #expect(try await one.next().map { String(buffer: $0.data) } == "one \(round)")
                        #expect(try await two.next().map { String(buffer: $0.data) } == "two \(round)")
                    }
                    #expect(port.figure("osm_edge_raw_flows") == 2)
                }
            }
        }
    }

    /// Networks are easily forged; the rest of a tunnel is for visitors who connect.
    @Test(
        arguments: [
            { $0.perNetwork = 1 }, { $0.tunnelShare = HTTP2Limits.towardsEdge.concurrentStreams },
        ] as [@Sendable (inout FlowLimits) -> Void]
    )
    func `neither a network nor a tunnel has more flows than it may`(
        change: @escaping @Sendable (inout FlowLimits) -> Void
    ) async throws {
        try await visit(configure: { change(&$0.flows) }) { port in
            try await Self.socket().executeThenClose { inbound, outbound in
                try await outbound.write(Self.datagram(ByteBuffer(string: "first"), to: port))
                var datagrams = inbound.makeAsyncIterator()
                #expect(try await datagrams.next().map { String(buffer: $0.data) } == "first")
                try await Self.socket().executeThenClose { _, second in
                    try await second.write(Self.datagram(ByteBuffer(string: "second"), to: port))
                    try await port.until("osm_edge_datagrams_dropped_total{reason=\"flows\"}", is: 1)
                }
                #expect(port.figure("osm_edge_raw_flows") == 1)
            }
        }
    }

    /// Sends one datagram as somebody who was never seen before.
    private static func knock(at port: RawHarness.PublicPort) async throws {
        try await socket().executeThenClose { _, send in
            try await send.write(datagram(ByteBuffer(string: "anybody?"), to: port))
        }
        try await Task.sleep(for: .milliseconds(20))
    }

    @Test func `while memory is short nobody gets a new flow, and the others go on`() async throws {
        try await visit(configureEdge: { $0.border.memoryInterval = .milliseconds(10) }) { port in
            try await Self.socket().executeThenClose { inbound, outbound in
                var answers = inbound.makeAsyncIterator()
                try await outbound.write(Self.datagram(ByteBuffer(string: "in"), to: port))
                #expect(try await answers.next().map { String(buffer: $0.data) } == "in")
                port.edge.reload {
                    $0.border.memorySoftLimit = 1
                    $0.border.memoryHardLimit = .max
                }
                // Until memory has been held against the new mark, everybody still gets in.
                let dropped = "osm_edge_datagrams_dropped_total{reason=\"overloaded\"}"
                while port.figure(dropped) ?? 0 == 0 { try await Self.knock(at: port) }
                let flows = try #require(port.figure("osm_edge_raw_flows"))
                try await outbound.write(Self.datagram(ByteBuffer(string: "still"), to: port))
                #expect(try await answers.next().map { String(buffer: $0.data) } == "still")
                port.edge.reload()
                while port.figure("osm_edge_raw_flows") ?? 0 <= flows { try await Self.knock(at: port) }
            }
        }
    }

    @Test func `a visitor who has not answered gets three times what it sent, and then all of it`() async throws {
        try await visit(answers: 10) { port in
            try await Self.socket().executeThenClose { inbound, outbound in
                var datagrams = inbound.makeAsyncIterator()
                try await outbound.write(Self.datagram(ByteBuffer(string: "forged?"), to: port))
                for _ in 0..<3 { #expect(try await datagrams.next() != nil) }
                try await port.until("osm_edge_datagrams_dropped_total{reason=\"amplification\"}", is: 7)
                try await outbound.write(Self.datagram(ByteBuffer(string: "no"), to: port))
                for _ in 0..<10 { #expect(try await datagrams.next().map { String(buffer: $0.data) } == "no") }
            }
        }
    }

    /// Where nobody listens, the system turns a datagram away and refuses to send the next.
    @Test func `a flow outlives a restart of its service`() async throws {
        let first = try await EchoService.start()
        let local = try #require(first.localAddress?.port)
        try await first.close()
        let endpoint = try Endpoint.udp(try OriginTarget("\(local)"), port: nil)
        try await RawHarness.withPort(to: endpoint, configure: { $0.flows.idle = .hours(1) }) { port in
            try await Self.socket().executeThenClose { inbound, outbound in
                for _ in 0..<20 {
                    for _ in 0..<5 { try await outbound.write(Self.datagram(ByteBuffer(string: "gone?"), to: port)) }
                    try await Task.sleep(for: .milliseconds(10))
                }
                let second = try await EchoService.start(at: local)
                try await withThrowingTaskGroup { group in
                    defer { group.cancelAll() }
                    group.addTask {
                        while true {
                            try await outbound.write(Self.datagram(ByteBuffer(string: "back?"), to: port))
                            try await Task.sleep(for: .milliseconds(20))
                        }
                    }
                    for try await answer in inbound where String(buffer: answer.data) == "back?" { break }
                }
                #expect(port.figure("osm_edge_raw_flows") == 1)
                try await second.close()
            }
        }
    }

    @Test func `a flow whose visitor is silent ends, and its next datagram begins another`() async throws {
        // Long enough for the answer to come within it on a machine that does other things.
        try await visit(configure: { $0.flows.idle = .seconds(2) }) { port in
            try await Self.socket().executeThenClose { inbound, outbound in
                var datagrams = inbound.makeAsyncIterator()
                for word in ["one", "two"] {
                    try await outbound.write(Self.datagram(ByteBuffer(string: word), to: port))
                    #expect(try await datagrams.next().map { String(buffer: $0.data) } == word)
                    try await port.until("osm_edge_raw_flows", is: 0)
                }
            }
        }
    }
}

/// Sends each datagram back.
private final class EchoService: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    static func start(at port: Int = 0) async throws -> any Channel {
        try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(EchoService()) }
            }
            .bind(host: "127.0.0.1", port: port).get()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.writeAndFlush(wrapOutboundOut(unwrapInboundIn(data)), promise: nil)
    }
}
