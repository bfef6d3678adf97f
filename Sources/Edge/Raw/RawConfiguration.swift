package import NIOCore
import TunnelProtocol

/// Which ports of the edge devices may have, and how much may happen on them.
package struct RawConfiguration: Sendable {
    /// The address that the ports are opened on.
    package var host = "::"
    /// The ports for devices, TCP and UDP alike; nil gives none.
    package var ports: PortRange?
    /// Ports of the range that no device gets.
    package var reserved: Set<Int> = []
    package var portsPerDevice = TunnelConstants.portsPerDevice
    package var lease = TimeAmount(TunnelConstants.leaseTime)

    /// Visitors' TCP connections that may be open at once, in all and for one address (an IPv6 /64 counts as one).
    package var connections = 10_000
    package var connectionsPerAddress = 256
    /// From a visitor's connection to the agent's answer.
    package var connectDeadline = TimeAmount(TunnelConstants.connectDeadline)

    package var flows = FlowLimits()

    package init() {}
}

/// How many flows a UDP port may have, and for how long.
package struct FlowLimits: Sendable, Equatable {
    package var perBinding = 4096
    /// Of one IPv4 /24 or IPv6 /48.
    package var perNetwork = 256
    /// A tunnel gives flows one in so many of its streams: a datagram's sender is easily forged, and the agent serves others.
    package var tunnelShare = 4
    /// Without a datagram from the visitor.
    package var idle = TimeAmount(TunnelConstants.flowIdleTime)

    package init() {}
}

/// A range of ports, as operators write it: `20000-20100`, or `20000` alone.
package struct PortRange: Sendable, Equatable, CustomStringConvertible {
    package let ports: ClosedRange<Int>

    package init?(_ text: String) {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { UInt16(portDigits: $0) }
        guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first > 0, first <= last
        else { return nil }
        ports = Int(first)...Int(last)
    }

    package var description: String { "\(ports.lowerBound)-\(ports.upperBound)" }
}
