import CoreMetrics
import Metrics
import NIOCore
import TunnelTLS

/// The figures of an edge; every label has a fixed set of values.
struct EdgeMetrics {
    /// Tunnels that are up.
    let tunnels: Gauge
    /// Visitors' connections that are open.
    let visitors: Gauge
    let requestsRetried: Counter
    let tunnelsAccepted: Counter
    /// Time from the request's head to the end of its response.
    let requestDuration: Metrics.Timer
    /// Requests, connections and flows that are in tunnels at the moment.
    let streams: Gauge
    /// Bytes that wait in tunnels for readers that are behind.
    let bufferedBytes: Gauge
    /// Times of PINGs through tunnels.
    let roundTrip: Metrics.Timer
    let bytesToVisitors: Counter
    let bytesFromVisitors: Counter
    /// Memory of the process, as the edge measures it against its limits.
    let residentBytes: Gauge
    let certificateExpires: Gauge
    /// Visitors that were reset because they took nothing.
    let slowReaders: Counter
    /// Visitors that were reset because a tunnel needed the memory that waited for them.
    let readersEvicted: Counter
    private let responses: [Counter]
    let factory: any MetricsFactory

    init(factory: any MetricsFactory) {
        self.factory = factory
        tunnels = Gauge(label: "osm_edge_tunnels", factory: factory)
        visitors = Gauge(label: "osm_edge_visitors", factory: factory)
        requestsRetried = Counter(label: "osm_edge_requests_retried_total", factory: factory)
        tunnelsAccepted = Counter(label: "osm_edge_tunnels_accepted_total", factory: factory)
        requestDuration = Metrics.Timer(label: "osm_edge_request_duration_seconds", factory: factory)
        streams = Gauge(label: "osm_edge_streams_active", factory: factory)
        bufferedBytes = Gauge(label: "osm_edge_buffer_bytes", factory: factory)
        roundTrip = Metrics.Timer(label: "osm_edge_rtt_seconds", factory: factory)
        bytesToVisitors = Counter(
            label: "osm_edge_bytes_total",
            dimensions: [("direction", "out")],
            factory: factory
        )
        bytesFromVisitors = Counter(
            label: "osm_edge_bytes_total",
            dimensions: [("direction", "in")],
            factory: factory
        )
        responses = ["none", "1xx", "2xx", "3xx", "4xx", "5xx"].map {
            Counter(label: "osm_edge_requests_total", dimensions: [("code", $0)], factory: factory)
        }
        residentBytes = Gauge(label: "osm_edge_resident_bytes", factory: factory)
        certificateExpires = Gauge(label: "osm_edge_cert_expiry_timestamp_seconds", factory: factory)
        slowReaders = Counter(label: "osm_edge_slow_readers_total", factory: factory)
        readersEvicted = Counter(label: "osm_edge_readers_evicted_total", factory: factory)
        tunnels.record(0)
        visitors.record(0)
    }

    /// Says which build runs, as a series whose value is always 1.
    func isRunning(_ software: String) {
        let version = software.split(separator: "/").last.map(String.init) ?? software
        Gauge(label: "osm_edge_build_info", dimensions: [("version", version)], factory: factory).record(1)
    }

    /// Counts a connection that never became a tunnel.
    func handshakeRefused(_ label: String) {
        Counter(label: "osm_edge_handshakes_refused_total", dimensions: [("reason", label)], factory: factory)
            .increment()
    }

    /// Counts a visitor's connection that was not served.
    func visitorRefused(_ reason: String) {
        Counter(label: "osm_edge_visitors_refused_total", dimensions: [("reason", reason)], factory: factory)
            .increment()
    }

    /// Counts a listener that stopped accepting for a moment for want of descriptors.
    func acceptPaused(_ listener: String) {
        Counter(label: "osm_edge_accept_pauses_total", dimensions: [("listener", listener)], factory: factory)
            .increment()
    }

    /// Counts why a tunnel ended.
    func tunnelEnded(_ reason: String) {
        Counter(label: "osm_edge_tunnels_ended_total", dimensions: [("reason", reason)], factory: factory).increment()
    }

    /// Counts a request by the class of its status; zero is for a visitor that left before there was one.
    func requestEnded(status: Int) { responses[min(max(status / 100, 0), 5)].increment() }
}
