import NIOCore
import NIOPosix
import Telemetry
import Testing

@testable import Edge
@testable import TunnelTLS

@Suite(.timeLimit(.minutes(5)))
struct DeafAgentTests {
    @Test func `a tunnel whose agent takes nothing is over, whatever it may send`() async throws {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let (harness, registry) = try await eventLoop.submit {
            let harness = try CoreHarness(on: eventLoop) { configuration, _ in
                configuration.border.readerDeadline = .milliseconds(100)
            }
            return (NIOLoopBound(harness, eventLoop: eventLoop), harness.registry)
        }.get()
        let (accepted, tell) = AsyncStream.makeStream(of: (any Channel).self)
        let listener = try await ServerBootstrap(group: eventLoop)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let (core, identity) = (harness.value.core, harness.value.identity)
                    let peer = TunnelPeer(identity: identity, keyExchange: nil)
                    try EdgeTunnel(peer: peer, channel: channel, core: core).start()
                    tell.yield(channel)
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let agent = try await RawVisitor(to: try #require(listener.localAddress?.hostAndPort), reads: false)
        for await channel in accepted {
            // More than the system takes for a peer that reads nothing.
            channel.writeAndFlush(ByteBuffer(repeating: 0, count: 32 << 20), promise: nil)
            try await channel.closeFuture.get()
            break
        }
        try await eventually {
            registry.render().contains("osm_edge_tunnels_ended_total{reason=\"dead\"} 1\n")
        }
        try? await agent.close()  // it has been reset
        try await listener.close()
    }
}
