import CoreMetrics
import Metrics

/// Why a visitor's TCP connection was reset before its bytes passed; the raw value is a label.
enum RawRefusal: String, CaseIterable {
    /// Too many connections in all, or from one address, or too little memory.
    case busy
    /// No tunnel of the device carries the port.
    case offline
    /// The agent said no: its target does not answer.
    case refused
    /// The agent did not answer in time.
    case timeout
    case draining
}

/// Why a datagram went no further; the raw value is a label.
enum DatagramDrop: String, CaseIterable {
    /// Longer than UDP, or the system, can carry.
    case oversize
    /// Nothing can be sent to the visitor's address: it names port 0, or the system knows no way or lets nothing out.
    case unreachable
    /// The binding, or the source network, has as many flows as it may.
    case flows
    /// The edge is short of memory.
    case overloaded
    /// No tunnel of the device carries the port.
    case offline
    /// The agent has refused or ended the flow.
    case refused
    /// The stream or the socket takes no more.
    case queue
    /// The visitor's address has not earned so many bytes.
    case amplification
}

/// The figures of TCP and UDP ports; every label has a fixed set of values.
struct RawMetrics {
    /// Visitors' TCP connections that are open.
    let connections: Gauge
    /// UDP flows that are open.
    let flows: Gauge
    /// Ports that devices have.
    let ports: Gauge
    private let refusals: [RawRefusal: Counter]
    private let drops: [DatagramDrop: Counter]

    init(factory: any MetricsFactory) {
        connections = Gauge(label: "osm_edge_raw_connections", factory: factory)
        flows = Gauge(label: "osm_edge_raw_flows", factory: factory)
        ports = Gauge(label: "osm_edge_raw_ports", factory: factory)
        refusals = Dictionary(
            uniqueKeysWithValues: RawRefusal.allCases.map { reason in
                let dimensions = [("reason", reason.rawValue)]
                return (
                    reason,
                    Counter(label: "osm_edge_raw_refused_total", dimensions: dimensions, factory: factory)
                )
            }
        )
        drops = Dictionary(
            uniqueKeysWithValues: DatagramDrop.allCases.map { reason in
                let dimensions = [("reason", reason.rawValue)]
                return (
                    reason,
                    Counter(label: "osm_edge_datagrams_dropped_total", dimensions: dimensions, factory: factory)
                )
            }
        )
    }

    func refused(_ reason: RawRefusal) { refusals[reason]?.increment() }
    func dropped(_ reason: DatagramDrop) { drops[reason]?.increment() }
}
