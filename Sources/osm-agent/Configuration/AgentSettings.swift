import Agent
import Logging
import Telemetry

/// What the `agent` section of a configuration file says, or a flag or a variable instead of it; all of it may be absent.
struct AgentSettings: Sendable, Equatable {
    /// The edges to dial; none for those that are baked in.
    var edges: [EdgeAddress] = []
    /// The name that the edge's certificate must carry; nil for one that follows from the edge.
    var edgeName: String?
    /// The folder with the device's key; nil for the usual one.
    var identity: String?
    /// The socket file of the local API; nil for the usual one.
    var socket: String?
    var edgeIPVersion = IPVersion.any
    var proxy = DialProxy.environment
    /// A file with `user:password` for the proxy.
    var proxyCredentialsFile: String?
    var logLevel = Logger.Level.warning
    var logFormat = LogFormat.automatic
    /// Where the log is written besides standard error.
    var logFile: String?
    var inspects = true
    /// Whether the inspector shows secrets as they passed.
    var inspectsSecrets = false
    /// A loopback address; the next free port is taken when this one is not.
    var inspectAddress = "127.0.0.1:4040"
    /// Whether endpoints are asked again and again by their public names.
    var probes = true
    /// Certificates for those names; nil for the system's.
    var probeCA: String?
    /// How long requests under way may finish when the agent is told to stop.
    var gracePeriod = Duration.seconds(30)

    /// Through which proxy an edge is dialled.
    enum DialProxy: Sendable, Equatable {
        /// The one that HTTPS_PROXY, ALL_PROXY and NO_PROXY name.
        case environment
        case none
        /// A URL without credentials.
        case url(String)
    }
}
