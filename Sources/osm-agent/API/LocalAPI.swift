import AdminHTTP
import Agent
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization
import Telemetry

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// What the running agent answers to commands, scripts and apps of the same user, on its socket file.
///
/// It goes on while the agent lets its requests finish, so it stands before the agent among the services of the process.
struct LocalAPI: Service {
    /// The version of the routes; part of their paths.
    static let version = 1

    /// What the process around the agent does when it is asked to.
    struct Actions: Sendable {
        /// Reads the configuration again; nil when the agent was started without a file.
        var reload: (@Sendable () async throws(APIProblem) -> Void)?
        /// What is wrong with the configuration that was read last, while an older one counts.
        var configurationProblems: @Sendable () -> [String] = { [] }
        /// How long requests under way may finish once it leaves.
        var gracePeriod = Duration.seconds(30)
        /// Begins to leave; asked at most once.
        var leave: @Sendable () -> Void = { kill(getpid(), SIGTERM) }
        /// Where requests can be looked at; nil when they cannot, or not yet.
        var inspectorURL: @Sendable () -> String? = { nil }
    }

    let address: AdminAddress
    let state: AgentState
    let desk: EndpointDesk
    let logs: LogRing
    let registry: PrometheusRegistry?
    let actions: Actions
    let logger: Logger
    /// How long a new endpoint may wait for an edge before its status is answered as it is.
    var patience = Duration.seconds(10)
    /// Opens when it is known that no other agent of this user answers on the socket.
    let bound = StartGate()
    private let leaving = LeaveOnce()

    init(
        address: AdminAddress,
        state: AgentState,
        desk: EndpointDesk,
        logs: LogRing,
        registry: PrometheusRegistry? = nil,
        actions: Actions = Actions(),
        logger: Logger
    ) {
        self.address = address
        self.state = state
        self.desk = desk
        self.logs = logs
        self.registry = registry
        self.actions = actions
        self.logger = logger
    }

    /// Answers until the agent has ended.
    ///
    /// - Throws: ``AgentExit`` when another agent answers on the socket already.
    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                try await AdminServer(address, routes: routes).run { _ in bound.open() }
            }
        } catch let error as AdminError where error.code == .addressInUse {
            throw AgentExit(
                code: 1,
                problem: "Another agent of this user runs already: it answers on \(address).",
                nextStep: "Ask it with: osm-agent status, or give this one an identity and a --socket of its own."
            )
        } catch let error as AdminError {
            // The tunnels matter more than who can ask about them.
            logger.warning("no local socket", metadata: ["error": "\(error)"])
            bound.open()
            do { try await gracefulShutdown() } catch { return }
        }
    }

    var routes: [String: AdminRoute] {
        [
            "/v1/status": .get { _ in Self.json(await status) },
            "/v1/endpoints": AdminRoute(
                get: { _ in Self.json(EndpointList(endpoints: await desk.listings)) },
                post: { await add($0) }
            ),
            "/v1/endpoints/{name}": AdminRoute(get: { await show($0) }, delete: { await remove($0) }),
            "/v1/endpoints/{name}/start": .post { await setEnabled(true, $0) },
            "/v1/endpoints/{name}/stop": .post { await setEnabled(false, $0) },
            "/v1/attach": .post { await attach($0) },
            "/v1/events": .get { events($0) },
            "/v1/logs": .get { showLogs($0) },
            "/v1/inspector": .get { _ in inspector },
            "/v1/reload": .post { _ in await reload() },
            "/v1/stop": .post { _ in leave() },
            "/readyz": .get { _ in readiness },
            "/ready": .get { _ in readiness },
            "/livez": .get { _ in Self.json(Liveness(status: 200)) },
            "/version": .get { _ in Self.json(VersionDocument.own) },
            "/metrics": .get { _ in metrics },
        ]
    }

    static func json(_ document: some Encodable, status: Int = 200) -> AdminResponse {
        do {
            return .json(Array(try JSONText.of(document).utf8), status: status)
        } catch {
            return APIProblem(.broken, "The answer cannot be written.", "Please report it.").response
        }
    }

    private func reload() async -> AdminResponse {
        guard let reload = actions.reload else {
            return APIProblem(
                .noConfiguration,
                "This agent was started without a configuration file.",
                "Start one that has a file with: osm-agent run"
            ).response
        }
        do throws(APIProblem) {
            try await reload()
            return Self.json(Accepted(accepted: "reload"), status: 202)
        } catch {
            return error.response
        }
    }

    private func leave() -> AdminResponse {
        if leaving.isFirst() { actions.leave() }
        let seconds = actions.gracePeriod / .seconds(1)
        return Self.json(Accepted(accepted: "stop", withinSeconds: seconds), status: 202)
    }
}

/// What was begun.
struct Accepted: Codable {
    let accepted: String
    /// How long requests under way may take to finish.
    var withinSeconds: Double?

    private enum CodingKeys: String, CodingKey {
        case accepted
        case withinSeconds = "within_seconds"
    }
}

/// The agent ends at once when it is told to stop a second time, which nobody wants who asks here twice.
private final class LeaveOnce: Sendable {
    private let isAsked = Mutex(false)

    func isFirst() -> Bool {
        isAsked.withLock { isAsked in
            defer { isAsked = true }
            return !isAsked
        }
    }
}
