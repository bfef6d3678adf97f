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

/// The core of an edge without its listeners, and a device of its operator.
///
/// ## Concurrency
/// Belongs to the event loop on which it is made.
struct CoreHarness {
    let core: EdgeCore
    let registry = PrometheusRegistry()
    let identity: DeviceIdentity

    init(
        on eventLoop: any EventLoop,
        configured configure: (inout EdgeConfiguration, _ device: String) throws -> Void
    ) throws {
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
        try configure(&configuration, device.id)
        core = EdgeCore(
            configuration: configuration,
            eventLoop: eventLoop,
            software: "osm-proxy/test",
            identity: try EdgeIdentityState(EdgeIdentityContents(files), files: files, at: .now),
            metrics: EdgeMetrics(factory: registry),
            logger: Logger(label: "edge") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// A tunnel of the device that is up, one of several of the same agent.
    func tunnel(slot: Int = 0) -> EdgeTunnel {
        let tunnel = EdgeTunnel(
            peer: TunnelPeer(identity: identity, keyExchange: nil),
            channel: EmbeddedChannel(),
            core: core
        )
        tunnel.begin(Hello(agent: "osm-agent/test", instance: "0123456789abcdef", epoch: UInt64(slot + 1), slot: slot))
        return tunnel
    }
}
