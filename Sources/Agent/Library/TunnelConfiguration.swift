import FoundationEssentials
public import Logging
import NIOCore
import Trust

/// Who an app is, whom it trusts, and how its tunnels behave; checked when a tunnel is made.
///
/// One configuration may serve for several tunnels. An edge gives the tunnels of one device to one agent at a time: an app
/// that serves several names at once needs an identity for each.
public struct TunnelConfiguration: Sendable {
    /// The device's key and certificate.
    public var identity: AgentIdentity
    /// The operator's roots; nothing else is ever trusted.
    public var operatorCA: OperatorCA
    /// The tunnel addresses to dial, `host` or `host:port`; when empty, those that the operator CA names.
    public var edges: [String] = []
    /// The name that an edge's certificate must carry; nil for the edge's host, or the operator's domain when the edge is
    /// dialled by an address.
    public var edgeName: String?
    /// An HTTP or SOCKS5 proxy on the way to the edges, as a URL without a password; nil to dial directly.
    ///
    /// The environment is never asked.
    public var proxy: String?
    /// Name and version of the app, as the operator sees them.
    public var software = "embedded-agent"
    /// How long what is under way may take after ``Tunnel/close()``.
    public var drainTime = Duration.seconds(30)
    /// How long a local service or a handler may take to begin its answer once it has the request.
    public var headDeadline = Duration.seconds(30)
    /// How many requests a handler answers at once; further ones are answered 503.
    public var concurrentRequests = 256
    /// How much of other people's requests and answers all tunnels of this configuration may keep in memory, in bytes.
    public var memoryBudget = 128 * 1024 * 1024
    /// Keeps the certificate that an edge has renewed where the app finds it at its next start; nil renews nothing.
    ///
    /// It is called from a task of the tunnel, about every five days. When it throws, the certificate is not used.
    public var keepIdentity: (@Sendable (AgentIdentity) async throws -> Void)?
    /// Where events go; to `LoggingSystem` unless it says otherwise.
    public var logger = Logger(label: "agent")

    /// A configuration that dials the operator's edges directly.
    public init(identity: AgentIdentity, operatorCA: OperatorCA) {
        self.identity = identity
        self.operatorCA = operatorCA
    }
}

extension TunnelConfiguration {
    /// What an agent needs to serve one endpoint.
    func agent(serving endpoint: Endpoint) throws(TunnelError) -> AgentConfiguration {
        try check()
        let anchors: TrustAnchors
        do throws(BundleRefusal) {
            anchors = try operatorCA.bundle.anchors(at: .now)
        } catch {
            throw TunnelError(AgentExit(error))
        }
        var agent = AgentConfiguration(
            edges: EdgeTarget.targets(try edges.map(Self.address), of: operatorCA.bundle, name: edgeName),
            anchors: anchors,
            credentials: identity.credentials,
            endpoints: [endpoint],
            software: software
        )
        agent.edgeRevocations = operatorCA.bundle.edgeRevocations.map { [$0] } ?? []
        agent.dialer = EdgeDialer(proxy: try proxyChoice(), deadline: AgentConfiguration.dialDeadline)
        agent.headDeadline = TimeAmount(headDeadline)
        agent.drainTime = drainTime
        if let keepIdentity {
            agent.keepCredentials = { credentials in try await keepIdentity(AgentIdentity(credentials)) }
        }
        agent.memoryBudget = memoryBudget
        // Whether the public name leads back here is the app's to try, with a client of its own.
        agent.probes = false
        return agent
    }

    private func check() throws(TunnelError) {
        let problem: String? =
            if !(1...128).contains(software.utf8.count) || !software.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
                "The software's name has to be 1 to 128 visible ASCII characters."
            } else if !(1...65_536).contains(concurrentRequests) {
                "The number of concurrent requests has to be 1 to 65536."
            } else if drainTime < .zero || headDeadline <= .zero {
                "A time to wait is less than nothing."
            } else if memoryBudget < 1024 * 1024 {
                "The memory budget is less than a megabyte."
            } else {
                nil
            }
        if let problem { throw TunnelError(app: problem, nextStep: "Correct the tunnel's configuration.") }
    }

    private static func address(_ text: String) throws(TunnelError) -> EdgeAddress {
        guard let address = EdgeAddress(text) else {
            throw TunnelError(
                app: "'\(text)' is not the address of an edge.",
                nextStep: "Write host, host:port or [address]:port."
            )
        }
        return address
    }

    private func proxyChoice() throws(TunnelError) -> ProxyChoice {
        guard let proxy else { return .direct }
        do throws(ProxySettingError) {
            return try ProxyChoice(flag: proxy, environment: [:])
        } catch {
            throw TunnelError(app: error.description, nextStep: "Correct the proxy, or leave it out.")
        }
    }
}
