import AdminHTTP
package import Logging
import ServiceLifecycle

/// The inspector in a browser: a page on a loopback port, behind a token.
///
/// ## Concurrency
/// A value; `run` owns the server and the replays, and all of them end with it.
package struct InspectorServer: Service {
    /// The agent's state as JSON: the members `tunnels` and `endpoints` of ``AgentStatus`` are shown.
    package typealias StatusText = @Sendable () async -> String

    /// Where it listens when nobody says otherwise: on the first of these that is free.
    package static let standardPorts = ports(from: 4040)

    /// The port that somebody asked for and the 19 after it; only 0 for 0, which lets the system choose.
    package static func ports(from first: Int) -> ClosedRange<Int> {
        first == 0 ? 0...0 : first...max(first, min(first + 19, 65_535))
    }

    private let log: ExchangeLog
    private let ports: ClosedRange<Int>
    private let token: InspectorToken
    private let desk: ReplayDesk
    private let status: StatusText
    private let version: String
    private let logger: Logger
    private let opened: @Sendable (_ link: String) async -> Void

    /// A server that listens once it runs.
    ///
    /// - Parameters:
    ///   - log: What is shown.
    ///   - ports: Tried upwards; 0 alone lets the system choose.
    ///   - token: What the link carries.
    ///   - replay: Sends a request along the way that a visitor's takes.
    ///   - status: What the page shows of the agent.
    ///   - version: Of the agent, for archives.
    ///   - logger: Hears of ports that are taken, never of the token.
    ///   - opened: Called once with the link for a person, when the page is there.
    package init(
        log: ExchangeLog,
        ports: ClosedRange<Int> = Self.standardPorts,
        token: InspectorToken = InspectorToken(),
        replay: @escaping ReplaySender,
        status: @escaping StatusText,
        version: String,
        logger: Logger,
        opened: @escaping @Sendable (_ link: String) async -> Void
    ) {
        self.log = log
        self.ports = ports
        self.token = token
        desk = ReplayDesk(log: log, sender: replay)
        self.status = status
        self.version = version
        self.logger = logger
        self.opened = opened
    }

    /// Serves until the task is cancelled or a graceful shutdown begins; without a free port it only waits for that.
    package func run() async throws {
        try await cancelWhenGracefulShutdown {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await desk.run() }
                group.addTask { try await serve() }
                try await group.waitForAll()
            }
        }
    }

    private func serve() async throws {
        for port in ports {
            do {
                return try await serve(on: port)
            } catch let error as AdminError where error.isAboutListening {
                logger.debug("inspector port is taken", metadata: ["port": "\(port)", "error": "\(error)"])
            }
        }
        // The tunnel matters more than the page that looks on.
        logger.warning(
            "no inspector: none of its ports is free",
            metadata: ["first": "\(ports.lowerBound)", "last": "\(ports.upperBound)"]
        )
    }

    private func serve(on port: Int) async throws {
        let door = InspectorDoor(token: token)
        let routes = InspectorRoutes(log: log, desk: desk, feed: EventFeed(log: log), status: status, version: version)
        let server = AdminServer(
            .tcp(host: "127.0.0.1", port: port),
            routes: routes.byPath,
            check: { door.check($0) },
            limits: Self.limits
        )
        try await server.run { address in
            guard case .tcp(_, let bound) = address else { return }
            door.opened(on: bound)
            await opened(token.link(port: bound))
        }
    }

    /// Room for an edited body of the longest kind that is kept, escaped as JSON does it, and few of them at a time.
    private static var limits: AdminServer.Limits {
        var limits = AdminServer.Limits.standard
        limits.connections = 32
        limits.streams = 16
        limits.bodyBytes = 1 << 20
        return limits
    }
}
