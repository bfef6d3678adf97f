package import AdminHTTP
package import HTTP1
package import HTTP2
package import NIOCore
package import TunnelProtocol

/// Everything an edge needs to know at start, checked once and from then on only passed along.
package struct EdgeConfiguration: Sendable {
    /// Where agents connect.
    package var tunnelAddress: ListenAddress
    /// Where visitors, or Caddy in their name, connect.
    package var visitorAddress: ListenAddress
    /// Where operators look: health, metrics, tunnels.
    package var adminAddress: ListenAddress
    /// Where the TLS terminator in front asks which names are served; nil for nowhere.
    package var internalAddress: AdminAddress?
    /// How often it may ask.
    package var ask = AskLimits()
    /// Where devices get their first certificate; needs an issuer.
    package var enrolment = EnrolmentConfiguration()
    /// Who signs devices' certificates; nil when nobody does for this edge.
    package var issuer: AdminAddress?
    package var accessLog = AccessLogConfiguration()
    /// How visitors reach the names under the base domain.
    package var publicURL: PublicURL
    /// What the operator has bound to devices; of two for one host and path, the later one counts.
    package var fixedBindings: [FixedBinding] = []
    /// What sticky cookies are made of; edges that stand for each other share one.
    package var stickyKey = StickyKey()
    /// What the edge shows to agents, and whom it lets in.
    package var identity: EdgeIdentityFiles

    /// Whose word about visitors is believed.
    package var trustedProxies = TrustedProxies.none
    package var tunnelLimits = HTTP2Limits.towardsAgent
    package var visitorHTTP2Limits = HTTP2Limits.towardsVisitor
    package var http1Limits = HTTP1Limits()
    package var bindingLimits = BindingLimits()
    package var border = BorderLimits()
    /// TCP and UDP ports for devices.
    package var raw = RawConfiguration()
    /// Bytes that all tunnels may hold for visitors that are behind.
    package var memoryBudget = 256 * 1024 * 1024
    /// Visitors' connections that may be open at once.
    package var visitorLimit = 10_000
    package var handshakeDeadline = TimeAmount.seconds(10)
    package var handshakes = 1024
    package var handshakesPerAddress = 16
    /// Tunnels that may come up a second, and at once after a quiet time.
    package var tunnelsPerSecond = 100
    package var tunnelBurst = 200
    /// From the connection, or the first byte, to the end of a request's head.
    package var headDeadline = TimeAmount.seconds(15)
    /// Between two requests on one connection.
    package var keepAliveDeadline = TimeAmount.seconds(75)
    package var drainDeadline = TimeAmount.seconds(30)
    /// How long after its start an edge takes a name that nobody serves for one whose device is still coming back:
    /// longer than an agent's longest pause between two attempts.
    package var returnDeadline = TimeAmount.seconds(75)
    /// How often the certificate files and the revocation list are looked at; revocation must arrive within 5 s.
    package var identityCheckInterval = TimeAmount.seconds(2)

    package init(
        tunnelAddress: ListenAddress,
        visitorAddress: ListenAddress,
        adminAddress: ListenAddress,
        publicURL: PublicURL,
        identity: EdgeIdentityFiles
    ) {
        self.tunnelAddress = tunnelAddress
        self.visitorAddress = visitorAddress
        self.adminAddress = adminAddress
        self.publicURL = publicURL
        self.identity = identity
    }

    /// This configuration with what may change while the edge runs taken from another one.
    func taking(changesOf next: EdgeConfiguration) -> EdgeConfiguration {
        var taken = self
        taken.fixedBindings = next.fixedBindings
        taken.trustedProxies = next.trustedProxies
        taken.http1Limits = next.http1Limits
        taken.visitorHTTP2Limits = next.visitorHTTP2Limits
        taken.border = next.border
        taken.border.proxyProtocol = border.proxyProtocol
        taken.border.memoryInterval = border.memoryInterval
        taken.visitorLimit = next.visitorLimit
        taken.handshakeDeadline = next.handshakeDeadline
        taken.handshakes = next.handshakes
        taken.handshakesPerAddress = next.handshakesPerAddress
        taken.headDeadline = next.headDeadline
        taken.keepAliveDeadline = next.keepAliveDeadline
        taken.accessLog = next.accessLog
        taken.accessLog.destination = accessLog.destination
        return taken
    }
}

/// A host and port to listen on.
package struct ListenAddress: Sendable, Equatable, CustomStringConvertible {
    package let host: String
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `host:port`, `[v6]:port` or `:port` for all addresses.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(portDigits: text[text.index(after: colon)...])
        else { return nil }
        let host = text[..<colon]
        if host.isEmpty {
            self.init(host: "::", port: Int(port))
        } else if host.hasPrefix("["), host.hasSuffix("]"), host.contains(":") {
            self.init(host: String(host.dropFirst().dropLast()), port: Int(port))
        } else {
            guard !host.contains(where: { ":[]/".contains($0) || $0.isWhitespace }) else { return nil }
            self.init(host: String(host), port: Int(port))
        }
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// How visitors reach the names under the base domain, written as `https://*.tunnel.example.com`.
package struct PublicURL: Sendable, Equatable {
    package let scheme: String
    package let baseDomain: HostName
    /// Only when the URL names one.
    package let port: UInt16?

    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "https:" || parts[0] == "http:", parts[1].isEmpty else { return nil }
        let authority = parts[2].split(separator: ":", omittingEmptySubsequences: false)
        guard authority.count <= 2, authority[0].hasPrefix("*."), let domain = HostName(authority[0].dropFirst(2))
        else { return nil }
        scheme = String(parts[0].dropLast())
        baseDomain = domain
        guard authority.count == 2 else {
            port = nil
            return
        }
        guard let number = UInt16(portDigits: authority[1]), number > 0 else { return nil }
        port = number
    }

    /// The URL of one host.
    package func url(of host: String) -> String {
        port.map { "\(scheme)://\(host):\($0)" } ?? "\(scheme)://\(host)"
    }
}
