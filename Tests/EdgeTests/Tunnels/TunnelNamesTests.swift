import Foundation
import Logging
import NIOCore
import NIOEmbedded
import Telemetry
import TestSupport
import Testing
import Trust
import TunnelProtocol

@testable import Edge
@testable import TunnelTLS

/// What tunnels remember of the names that they registered.
struct TunnelNamesTests {
    private let eventLoop = EmbeddedEventLoop()
    private let core: EdgeCore
    private let identity: DeviceIdentity

    init() throws {
        let ca = try ThrowawayCA()
        let device = try ca.issueDevice()
        identity = try DeviceCredentials(keyPEM: device.keyPEM, chainPEM: device.chainPEM).identity
        let files = EdgeIdentityFiles(
            certificate: try ca.edgeChainPath(),
            key: try ca.edgeKeyPath(),
            operatorBundle: ca.bundlePath,
            deviceRevocations: nil
        )
        let anywhere = ListenAddress(host: "127.0.0.1", port: 0)
        var configuration = EdgeConfiguration(
            tunnelAddress: anywhere,
            visitorAddress: anywhere,
            adminAddress: anywhere,
            publicURL: try #require(PublicURL("https://*.t.example")),
            identity: files
        )
        configuration.fixedBindings = [try FixedBinding("*.wild.example=\(device.id)")]
        core = EdgeCore(
            configuration: configuration,
            eventLoop: eventLoop,
            software: "osm-proxy/test",
            identity: try EdgeIdentityState(EdgeIdentityContents(files), files: files, at: .now),
            metrics: EdgeMetrics(factory: PrometheusRegistry()),
            logger: Logger(label: "edge") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// A tunnel of the device that is up, one of several of the same agent.
    private func tunnel(slot: Int) -> EdgeTunnel {
        let tunnel = EdgeTunnel(
            peer: TunnelPeer(identity: identity, keyExchange: nil),
            channel: EmbeddedChannel(loop: eventLoop),
            core: core
        )
        tunnel.begin(Hello(agent: "osm-agent/test", instance: "0123456789abcdef", epoch: UInt64(slot + 1), slot: slot))
        return tunnel
    }

    @Test func `a name that is given back on one tunnel is gone from all`() throws {
        let (first, second) = (tunnel(slot: 0), tunnel(slot: 1))
        for tunnel in [first, second] {
            tunnel.register(Register(ref: 1, kind: "http", host: "app"))
            tunnel.register(Register(ref: 2, kind: "http", host: "other"))
        }
        #expect(first.hosts == ["app.t.example", "other.t.example"])
        #expect(first.hosts == second.hosts)
        let grant = try core.bindings.register("app", for: identity.id, at: .now()).get()
        first.unregister(Unregister(binding: grant.id))
        #expect(first.hosts == ["other.t.example"])
        #expect(second.hosts == ["other.t.example"])
    }

    @Test func `of names under a wildcard a tunnel remembers only so many, and all of its own`() {
        let tunnel = tunnel(slot: 0)
        for number in 0..<600 { tunnel.register(Register(ref: number, kind: "http", host: "n\(number).wild.example")) }
        #expect(tunnel.hosts.count == 512)
        tunnel.register(Register(ref: 600, kind: "http", host: "app"))
        #expect(tunnel.hosts.count == 513)
        #expect(tunnel.hosts.contains("app.t.example"))
    }
}
