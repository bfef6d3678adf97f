package import NIOCore
package import Trust
import TunnelProtocol

/// Everything an agent needs to know to hold its tunnels, checked once and from then on only passed along.
package struct AgentConfiguration: Sendable {
    /// The edges to hold tunnels to; at least one.
    package var edges: [EdgeTarget]
    /// The operator's roots; nothing else is ever trusted.
    package var anchors: TrustAnchors
    /// Edges that the operator had taken back when the bundle was made.
    package var edgeRevocations: [RevocationList] = []
    package var credentials: DeviceCredentials
    /// What to serve from the start.
    package var endpoints: [Endpoint]
    /// Name and version, as edges see them.
    package var software: String
    /// Keeps a renewed certificate where the next start finds it; nil for an agent that renews nothing.
    ///
    /// When it throws, the certificate is not used, and another one asked for later.
    package var keepCredentials: (@Sendable (DeviceCredentials) async throws -> Void)?
    /// Whether the agent ends when each of its endpoints has been refused for good.
    package var endsWhenAllIsRefused = true
    /// From the end of the request to the head of the origin's response.
    package var headDeadline = TimeAmount.seconds(30)
    /// For the way to an edge, and as long again for TLS with it.
    package static let dialDeadline = TimeAmount.seconds(10)
    /// How edges are reached.
    package var dialer = EdgeDialer(deadline: Self.dialDeadline)
    package var memoryBudget = 128 * 1024 * 1024
    /// How long what is under way may take when the agent is told to stop.
    package var drainTime = TunnelConstants.drainTime
    /// What notices that this machine slept or has other addresses.
    var network = NetworkWatch()
    /// Whether each HTTP endpoint is asked again and again by its public name.
    package var probes = true
    /// Certificates that may sign those of public names, PEM; nil for those of the system.
    package var probeTrust: [UInt8]?
    /// Who looks on while requests are served; nil for nobody, which costs nothing.
    package var observer: (any ExchangeObserver)?

    package init(
        edges: [EdgeTarget],
        anchors: TrustAnchors,
        credentials: DeviceCredentials,
        endpoints: [Endpoint],
        software: String
    ) {
        self.edges = edges
        self.anchors = anchors
        self.credentials = credentials
        self.endpoints = endpoints
        self.software = software
    }
}

/// An edge, and how it is known.
package struct EdgeTarget: Sendable, Equatable {
    package let address: EdgeAddress
    /// The name that the edge's certificate must carry.
    package let serverName: String

    package init(address: EdgeAddress, serverName: String) {
        self.address = address
        self.serverName = serverName
    }
}

/// The host and port of an edge.
package struct EdgeAddress: Sendable, Hashable, CustomStringConvertible {
    package let host: String
    package let port: Int

    /// Reads `host`, `host:port` or `[v6]:port`.
    ///
    /// - Parameters:
    ///   - text: What to read.
    ///   - standardPort: The port of a text without one.
    package init?(_ text: String, standardPort: Int = 8443) {
        var host = text[...]
        var port = UInt16(clamping: standardPort)
        if let end = text.lastIndex(of: "]"), text.hasPrefix("[") {
            host = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
            if !rest.isEmpty { guard Self.read(rest.dropFirst(), &port) else { return nil } }
        } else if let colon = text.lastIndex(of: ":") {
            host = text[..<colon]
            guard !host.contains(":"), Self.read(text[text.index(after: colon)...], &port) else { return nil }
        }
        guard !host.isEmpty, !host.contains(where: { "/[]".contains($0) || $0.isWhitespace }) else { return nil }
        self.host = String(host)
        self.port = Int(port)
    }

    private static func read(_ text: Substring, _ port: inout UInt16) -> Bool {
        guard let number = UInt16(portDigits: text), number > 0 else { return false }
        port = number
        return true
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
