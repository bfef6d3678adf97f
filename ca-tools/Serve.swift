import AdminHTTP
import ArgumentParser
import CertificateAuthority
import FoundationEssentials
import Logging
import Telemetry

/// Runs the issuing service.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Enrol and renew devices, and keep the folder up, until told to stop.",
        discussion: """
            Listens on a Unix socket and on nothing else. Two parties ask: an edge on behalf
            of a device that holds the token of an invitation ("ca-tools invite"), and an
            edge on behalf of a device that it has authenticated and that wants its next
            certificate. The keys of the issuing CAs are read by this process alone, so the
            edge, which strangers talk to, never holds them.

            By itself it renews each edge at two thirds of its certificate's life and after
            a rotation's switch, and signs the revocation lists at a third of theirs. Other
            ca-tools commands work beside it in the same folder; what they change is noticed
            within 2 seconds.

            WHAT IS HANDED OUT
              --publish DIR keeps in DIR what an edge needs: edge.pem, edge.key,
              operator-ca.json and devices.crl, each replaced in one step when it changed.
              edge.key has the mode 0640; a file that is there keeps its owner, group and
              mode. To let a user of another group read the key, make DIR belong to that
              group and set its set-group-id bit.

              --agents, --installer, --url and --downloads, given together, keep in the
              downloads folder what "ca-tools publish" writes.

            THE FIRST START
              With --init a CA is made if DIR is empty or absent, for --domain or else for the
              domain in OSM_DOMAIN. Agents dial each --edge, or else the one in OSM_EDGE. A CA
              that was made for another domain, or lacks an edge that is named, is refused:
              agents dial what is in it. The root key and a random passphrase are put into
              DIR/offline: take that folder to a medium that is kept offline, and delete it
              here by "ca-tools offline". DIR must not be a mount point itself: name a folder
              within the volume.

            SIGNALS AND OUTPUT
              SIGTERM and SIGINT end it; a second one does so at once, with 143 or 130. When
              the socket answers, a line of JSON on standard output says so:
                {"event":"listening","socket":"operator-ca/issuer.sock"}
              The log goes to standard error.

            EXAMPLES
              ca-tools serve --ca /srv/operator-ca
              ca-tools serve --ca /data/operator-ca --init --domain tunnel.example.com \\
                --socket /run/issuer/issuer.sock --socket-mode 0660 --publish /run/edge
              ca-tools serve --agents /agents --installer /install.sh \\
                --url https://tunnel.example.com --downloads /srv/downloads
            """
    )

    @OptionGroup var ca: FolderOption

    @Option(help: ArgumentHelp("The socket to listen on. (default: DIR/issuer.sock)", valueName: "path"))
    var socket: String?

    @Option(
        name: .customLong("socket-mode"),
        help: ArgumentHelp("0600 for this user alone, 0660 for the socket's group too.", valueName: "mode")
    )
    var socketMode = SocketMode.owner

    @Option(help: ArgumentHelp("Keep in this folder what an edge needs.", valueName: "dir"))
    var publish: String?

    @Option(
        name: .customLong("publish-edge"),
        help: ArgumentHelp("Which edge. (default: the first that the bundle names)", valueName: "host")
    )
    var publishEdge: String?

    @OptionGroup var downloads: DownloadOptions
    @OptionGroup var first: FirstStartOptions
    @OptionGroup var log: LogOptions

    /// The two modes that a socket may have.
    enum SocketMode: String, ExpressibleByArgument, CaseIterable {
        case owner = "0600"
        case group = "0660"
    }

    func validate() throws {
        if publishEdge != nil, publish == nil { throw ValidationError("--publish-edge needs --publish.") }
    }

    func run() async throws {
        log.start()
        let plan = try first.plan()
        let logger = Logger(label: "ca-tools")
        var configuration = IssuingService.Configuration(ca.folder)
        if let socket { configuration.socket = socket }
        switch socketMode {
        case .owner: configuration.access = .owner
        case .group: configuration.access = .group
        }
        let edge = try publishEdge.map { try DomainName($0) }
        configuration.edgeFiles = publish.map { EdgePublication(edge, to: $0) }
        configuration.agents = try downloads.publication()
        let isNew = try first.prepare(plan, ca.folder, logger)
        let url = downloads.url
        let socket = configuration.socket
        let service = IssuingService(configuration, logger: logger) { _ in
            Output.line(Listening(socket: socket))
            logger.info("listening", metadata: ["socket": "\(socket)"])
            guard isNew, let url else { return }
            logger.notice(
                "laptops can be invited: \"ca-tools invite NAME\" prints a one-time token in the line to run on the laptop",
                metadata: ["line": "curl -fsSL \(url)/install.sh | OSM_TOKEN=... sh"]
            )
        }
        try await Lifecycle(service: service, logger: logger).run()
    }

    private struct Listening: Encodable {
        let event = "listening"
        let socket: String
    }
}

/// What a laptop downloads, when the service is to keep it up.
struct DownloadOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The folder with prebuilt agents, osm-agent-OS-ARCH.", valueName: "dir"))
    var agents: String?

    @Option(help: ArgumentHelp("The installer's script as it was released.", valueName: "file"))
    var installer: String?

    @Option(help: ArgumentHelp("Where laptops fetch the downloads: https://HOST.", valueName: "url"))
    var url: String?

    @Option(help: ArgumentHelp("Keep baked agents, their signed sums and the installer here.", valueName: "dir"))
    var downloads: String?

    func validate() throws {
        let count = [agents, installer, url, downloads].compactMap(\.self).count
        guard count == 0 || count == 4 else {
            throw ValidationError("--agents, --installer, --url and --downloads go together.")
        }
    }

    func publication() throws -> AgentPublication? {
        guard let agents, let installer, let url, let downloads else { return nil }
        return AgentPublication(
            agents: agents,
            installer: installer,
            address: try DownloadAddress(url),
            to: downloads
        )
    }
}

/// How the log is written.
struct LogOptions: ParsableArguments {
    @Option(name: .customLong("log-format"), help: ArgumentHelp("auto, text or json.", valueName: "format"))
    var format = LogFormat.automatic

    @Option(
        name: .customLong("log-level"),
        help: ArgumentHelp("debug, info, notice, warning or error.", valueName: "level")
    )
    var level = Level.info

    /// The levels that an operator may want.
    enum Level: String, ExpressibleByArgument, CaseIterable {
        case debug, info, notice, warning, error

        var level: Logger.Level {
            switch self {
            case .debug: .debug
            case .info: .info
            case .notice: .notice
            case .warning: .warning
            case .error: .error
            }
        }
    }

    func start() { Telemetry.startLogging(level: level.level, format: format) }
}

extension LogFormat: ExpressibleByArgument {}
