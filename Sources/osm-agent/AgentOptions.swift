import Agent
import ArgumentParser
import Settings

/// What every command that serves something has in common: where the edges are, who this device is, and what is seen.
///
/// What is not given here stands in the environment or the configuration file, or has a default.
struct AgentOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The edge to dial; may be given several times. Default: those that are baked in.",
            valueName: "host:port"
        )
    )
    var edge: [String] = []

    @Option(
        help: ArgumentHelp(
            "The name that the edge's certificate must carry; by default the edge's host name, or the operator's domain.",
            valueName: "name"
        )
    )
    var edgeName: String?

    @Option(help: ArgumentHelp("Dial edges by IPv4 or IPv6 alone: auto, 4 or 6.", valueName: "version"))
    var edgeIPVersion: String?

    @Option(
        help: ArgumentHelp(
            "The proxy on the way to the edge: auto (HTTPS_PROXY, ALL_PROXY, NO_PROXY), none, or a URL.",
            valueName: "proxy"
        )
    )
    var proxy: String?

    @Option(help: ArgumentHelp("A file with user:password for that proxy.", valueName: "file"))
    var proxyCredentialsFile: String?

    @Option(help: ArgumentHelp("The folder with the device's key.", valueName: "folder"))
    var identity: String?

    @Option(help: ArgumentHelp("The socket file of the local API.", valueName: "file"))
    var socket: String?

    @OptionGroup var files: ConfigurationOptions
    @OptionGroup(title: "Watching options") var watching: WatchingOptions

    /// What the flags say, as settings.
    var written: [AgentFileLoader.Written] {
        let credentials = proxyCredentialsFile.map(FilePaths.here.resolved)
        return [
            AgentFileLoader.flag("--edge", "edges", edge.isEmpty ? nil : edge),
            one("--edge-name", "edge_name", edgeName),
            one("--edge-ip-version", "edge_ip_version", edgeIPVersion),
            one("--proxy", "proxy", proxy),
            one("--proxy-credentials-file", "proxy_credentials_file", credentials),
            one("--identity", "identity", identity.map(FilePaths.here.resolved)),
            one("--socket", "socket", socket.map(FilePaths.here.resolved)),
        ].compactMap { $0 } + watching.written
    }

    /// Flags that choose a tunnel, which an agent that runs already has.
    var tunnelFlags: [String] {
        let given: [(String, Bool)] = [
            ("--edge", !edge.isEmpty), ("--edge-name", edgeName != nil), ("--edge-ip-version", edgeIPVersion != nil),
            ("--proxy", proxy != nil), ("--proxy-credentials-file", proxyCredentialsFile != nil),
            ("--identity", identity != nil),
        ]
        return given.filter(\.1).map(\.0)
    }

    var loader: AgentFileLoader { files.loader(flags: written) }

    private func one(_ flag: String, _ key: String, _ word: String?) -> AgentFileLoader.Written? {
        AgentFileLoader.flag(flag, key, word.map { [$0] })
    }
}

/// What is logged and shown while the agent runs.
struct WatchingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("trace, debug, info, notice, warning, error or critical.", valueName: "level"))
    var logLevel: String?

    @Option(help: ArgumentHelp("auto (text on a terminal, else JSON), text or json.", valueName: "format"))
    var logFormat: String?

    @Option(help: ArgumentHelp("A file that gets the log, too.", valueName: "file"))
    var logFile: String?

    @Option(
        help: ArgumentHelp("Whether requests can be looked at in a browser on this machine.", valueName: "true|false")
    )
    var inspect: String?

    @Option(help: ArgumentHelp("Where the inspector listens, or on the next free port.", valueName: "host:port"))
    var inspectAddress: String?

    @Option(
        help: ArgumentHelp(
            "Whether endpoints are asked again and again by their public names.",
            valueName: "true|false"
        )
    )
    var probe: String?

    @Option(
        help: ArgumentHelp("CA certificates (PEM) for those public names, in place of the system's.", valueName: "file")
    )
    var probeCA: String?

    @Flag(help: "Show each public URL as a QR code, too.")
    var qr = false

    @Flag(help: "Write a line for each request when standard error is no terminal.")
    var requests = false

    @Option(help: ArgumentHelp("auto, always or never; NO_COLOR and CLICOLOR are heeded, too.", valueName: "when"))
    var color = ColourChoice.auto

    /// What the flags say, as settings.
    var written: [AgentFileLoader.Written] {
        let words: [(String, String, String?)] = [
            ("--log-level", "log_level", logLevel), ("--log-format", "log_format", logFormat),
            ("--log-file", "log_file", logFile.map(FilePaths.here.resolved)), ("--inspect", "inspect", inspect),
            ("--inspect-address", "inspect_address", inspectAddress), ("--probe", "probe", probe),
            ("--probe-ca", "probe_ca", probeCA.map(FilePaths.here.resolved)),
        ]
        return words.compactMap { flag, key, word in AgentFileLoader.flag(flag, key, word.map { [$0] }) }
    }
}
