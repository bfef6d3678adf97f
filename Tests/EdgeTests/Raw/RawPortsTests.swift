import NIOCore
import NIOEmbedded
import NIOPosix
import Telemetry
import Testing
import TunnelProtocol

@testable import Edge

/// Ports of an edge whose visitors are not who they say, and which the system closes.
@Suite(.timeLimit(.minutes(5)))
struct RawPortsTests {
    private static func harness(on eventLoop: any EventLoop) throws -> CoreHarness {
        let first = Int.random(in: 20_000..<30_000)
        return try CoreHarness(on: eventLoop) { configuration, _ in
            configuration.raw.host = "127.0.0.1"
            configuration.raw.ports = PortRange("\(first)-\(first + 50)")
        }
    }

    private static func nobody() throws -> SocketAddress { try SocketAddress(ipAddress: "127.0.0.1", port: 0) }

    /// The system sends nothing to port 0, and such a refusal ends the channel.
    @Test(arguments: [BindingKind.udp, .tcp])
    func `a port that the system closes is opened again`(kind: BindingKind) async throws {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let harness = try await eventLoop.submit {
            NIOLoopBound(try Self.harness(on: eventLoop), eventLoop: eventLoop)
        }.get()
        let key = try await eventLoop.flatSubmit {
            let registered = eventLoop.makePromise(of: PortTable.Key.self)
            let tunnel = harness.value.tunnel()
            harness.value.core.raw.register(kind, port: nil, for: tunnel) { result in
                registered.completeWith(result.map(\.key).mapError { _ in CancellationError() })
            }
            return registered.futureResult
        }.get()
        let opened: @Sendable () async throws -> any Channel = {
            try await eventLoop.flatSubmit {
                harness.value.core.raw.opened[key] ?? eventLoop.makeFailedFuture(CancellationError())
            }.get()
        }
        let first = try await opened()
        if kind == .udp {
            let datagram = AddressedEnvelope(remoteAddress: try Self.nobody(), data: ByteBuffer(string: "x"))
            first.writeAndFlush(datagram, promise: nil)
        } else {
            first.close(promise: nil)
        }
        try await first.closeFuture.get()
        let second = try await opened()
        #expect(second !== first)
        #expect(second.isActive)
        #expect(second.localAddress?.port == key.port)
        // What the edge itself closes stays closed.
        try await eventLoop.submit { harness.value.core.raw.end() }.get()
        try await second.closeFuture.get()
        let rest = try await eventLoop.submit { harness.value.core.raw.opened.count }.get()
        #expect(rest == 0)
    }

    @Test func `the ports of a revoked device are closed with its last tunnel`() async throws {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let harness = try await eventLoop.submit {
            NIOLoopBound(try Self.harness(on: eventLoop), eventLoop: eventLoop)
        }.get()
        let tunnel = try await eventLoop.submit {
            NIOLoopBound(harness.value.tunnel(), eventLoop: eventLoop)
        }.get()
        try await eventLoop.flatSubmit {
            let registered = eventLoop.makePromise(of: Void.self)
            harness.value.core.raw.register(.tcp, port: nil, for: tunnel.value) { result in
                registered.completeWith(result.map { _ in }.mapError { _ in CancellationError() })
            }
            return registered.futureResult
        }.get()
        let opened = try await eventLoop.submit {
            tunnel.value.isShutOut = true
            harness.value.core.tunnelClosed(tunnel.value)
            return harness.value.core.raw.opened.count
        }.get()
        #expect(opened == 0)
    }

    @Test func `what comes from port 0 opens no flow`() throws {
        let eventLoop = EmbeddedEventLoop()
        let harness = try Self.harness(on: eventLoop)
        let key = PortTable.Key(kind: .udp, port: 20_000)
        let channel = EmbeddedChannel(handler: DatagramPort(key: key, ports: harness.core.raw), loop: eventLoop)
        try channel.writeInbound(AddressedEnvelope(remoteAddress: Self.nobody(), data: ByteBuffer(string: "x")))
        let drops = harness.registry.render().split(separator: "\n").filter {
            $0.hasPrefix("osm_edge_datagrams_dropped_total") && !$0.hasSuffix(" 0")
        }
        #expect(drops == ["osm_edge_datagrams_dropped_total{reason=\"unreachable\"} 1"])
        _ = try channel.finish()
    }
}
