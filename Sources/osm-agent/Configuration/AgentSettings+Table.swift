import Agent
import Settings

extension AgentSettings {
    typealias Table = SettingTable<AgentSettings>
    typealias Row = Setting<AgentSettings>

    /// The table of the `agent` section; the parser and docs/agent-configuration.md follow from it.
    static let table = Table(prefix: "OSM_AGENT_", connection + places + logs + habits)

    private static var connection: [Row] {
        [
            Row(
                "edges",
                .edge,
                list: \.edges,
                change: .restart,
                "The edges to dial; without any, those that were baked in with the operator CA."
            ),
            Row(
                "edge_name",
                .text("name"),
                optional: \.edgeName,
                change: .restart,
                "The name that the edge's certificate must carry; by default the edge's host name."
            ),
            Row(
                "edge_ip_version",
                .ipVersion,
                \.edgeIPVersion,
                change: .restart,
                "Which addresses of an edge are dialled; auto takes whichever answers first."
            ),
            Row(
                "proxy",
                .dialProxy,
                \.proxy,
                change: .restart,
                "The proxy on the way to the edge: auto is HTTPS_PROXY, ALL_PROXY and NO_PROXY of the environment."
            ),
            Row(
                "proxy_credentials_file",
                .text("file"),
                optional: \.proxyCredentialsFile,
                change: .restart,
                "A file with user:password for that proxy."
            ),
        ]
    }

    private static var places: [Row] {
        [
            Row(
                "identity",
                .text("folder"),
                optional: \.identity,
                change: .restart,
                "The folder with the device's key and certificate; by default the user's folder for state."
            ),
            Row(
                "socket",
                .text("file"),
                optional: \.socket,
                change: .restart,
                "The socket file on which the agent answers commands of the same user."
            ),
        ]
    }

    private static var logs: [Row] {
        [
            Row(
                "log_level",
                .level,
                \.logLevel,
                change: .live,
                "trace, debug, info, notice, warning, error or critical."
            ),
            Row(
                "log_format",
                .format,
                \.logFormat,
                change: .restart,
                "How the log is written; auto is text on a terminal, else JSON."
            ),
            Row(
                "log_file",
                .text("file"),
                orElse: "none",
                \.logFile,
                change: .restart,
                "A file that gets the log, too."
            ),
        ]
    }

    private static var habits: [Row] {
        [
            Row(
                "inspect",
                .truth,
                \.inspects,
                change: .restart,
                "Whether requests can be looked at in a browser on this machine."
            ),
            Row(
                "inspect_address",
                .loopbackAddress,
                \.inspectAddress,
                change: .restart,
                "Where the inspector listens; when the port is taken, the next one that is free."
            ),
            Row(
                "inspect_secrets",
                .truth,
                \.inspectsSecrets,
                change: .restart,
                "Whether the inspector shows credentials, cookies and the like as they passed."
            ),
            Row(
                "probe",
                .truth,
                \.probes,
                change: .restart,
                "Whether each http endpoint is asked again and again by its public name."
            ),
            Row(
                "probe_ca",
                .text("file"),
                optional: \.probeCA,
                change: .restart,
                "CA certificates (PEM) for those public names; by default those of the system."
            ),
            Row(
                "grace_period",
                .period,
                \.gracePeriod,
                change: .restart,
                "How long requests under way may finish when the agent is told to stop."
            ),
        ]
    }

    /// The settings whose values are paths: in a file they are relative to its folder.
    static let paths: Set<String> = ["identity", "socket", "log_file", "proxy_credentials_file", "probe_ca"]
}
