import AdminHTTP
import FoundationEssentials
import NIOCore
import Telemetry
import Trust
import TunnelTLS

/// What an edge shows to operators.
struct EdgeAdmin {
    let core: NIOLoopBound<EdgeCore>
    let eventLoop: any EventLoop
    let registry: PrometheusRegistry
    let software: String
    /// The configuration as JSON, without secrets.
    let describe: @Sendable () -> [UInt8]

    var routes: [String: AdminRoute] {
        [
            "/healthz": .get { _ in .text("ok\n") },
            "/readyz": .get { _ in await readiness() },
            "/metrics": .get { _ in await metrics() },
            "/version": .get { _ in .json(Self.encoded(["version": software])) },
            "/tunnels": .get { _ in await tunnels() },
            "/config": .get { _ in .json(describe()) },
        ]
    }

    /// Ready once it listens, but for as long as memory is short, and not any more when it drains.
    private func readiness() async -> AdminResponse {
        let state = try? await eventLoop.submit { (core.value.isDraining, core.value.overload.shedsRequests) }.get()
        let (isDraining, isShedding) = state ?? (true, false)
        if isDraining { return .text("draining\n", status: 503) }
        return isShedding ? .text("overloaded\n", status: 503) : .text("ready\n")
    }

    /// The figures, those that nothing but a look can tell included.
    private func metrics() async -> AdminResponse {
        // A loop that is gone has no figures of the moment; the others stay true.
        try? await eventLoop.submit { core.value.measure() }.get()
        return .metrics(registry.render())
    }

    private func tunnels() async -> AdminResponse {
        let list = try? await eventLoop.submit { core.value.allTunnels.map(TunnelSummary.init) }.get()
        return .json(Self.encoded(list ?? []))
    }

    private static func encoded(_ value: some Encodable) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        // Strings and numbers always encode.
        return (try? encoder.encode(value)) ?? Data("null".utf8)
    }
}

/// One tunnel as operators see it.
struct TunnelSummary: Encodable, Sendable {
    let device: String
    let peer: String
    let keyExchange: String
    let hosts: [String]
    let streams: Int
    let hasControl: Bool
    let roundTripMilliseconds: Double?
    let certificateExpires: Date

    init(_ tunnel: EdgeTunnel) {
        device = tunnel.identity.id
        peer = tunnel.remoteAddress?.hostAndPort ?? ""
        keyExchange = tunnel.keyExchange?.description ?? "unknown"
        hosts = tunnel.hosts.sorted()
        streams = tunnel.openStreams
        hasControl = tunnel.session != nil
        roundTripMilliseconds = tunnel.roundTrip.map { Double($0.nanoseconds) / 1_000_000 }
        certificateExpires = tunnel.identity.notAfter
    }

    private enum CodingKeys: String, CodingKey {
        case device, peer, hosts, streams
        case keyExchange = "key_exchange"
        case hasControl = "control"
        case roundTripMilliseconds = "round_trip_ms"
        case certificateExpires = "certificate_expires"
    }
}
