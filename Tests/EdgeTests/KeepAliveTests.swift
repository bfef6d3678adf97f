import NIOCore
import NIOPosix
import Testing

@testable import Edge

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

struct KeepAliveTests {
    @Test func `accepted connections are asked after a minute of silence`() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let (accepted, tell) = AsyncStream.makeStream(of: (any Channel).self)
        let bootstrap = ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                tell.yield(channel)
                return channel.eventLoop.makeSucceededVoidFuture()
            }
        let listener = try await KeepAlive.inherit(from: bootstrap).bind(host: "127.0.0.1", port: 0).get()
        let client = try await ClientBootstrap(group: group).connect(to: try #require(listener.localAddress)).get()
        for await channel in accepted {
            #expect(try await channel.getOption(.socketOption(.so_keepalive)).get() != 0)
            #if canImport(Glibc)
            let idle = NIOBSDSocket.Option(rawValue: TCP_KEEPIDLE)
            #expect(try await channel.getOption(.tcpOption(idle)).get() == 60)
            #endif
            break
        }
        try await client.close()
        try await listener.close()
    }
}
