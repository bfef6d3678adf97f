package import AdminHTTP
import FoundationEssentials
package import Logging
import NIOCore
import ServiceLifecycle

/// The issuing service of one operator: enrols and renews devices over a Unix socket, and keeps the folder up by itself.
///
/// ## Concurrency
/// A value; `run` owns the server, the loop of the upkeep and the thread on which both do their work, and ends all three.
package struct IssuingService: Service {
    /// How the service is set up.
    package struct Configuration: Sendable {
        package var folder: AuthorityFolder
        /// Where the socket is put.
        package var socket: String
        package var access = SocketAccess.owner
        package var edgeFiles: EdgePublication?
        package var agents: AgentPublication?
        /// Between two looks at the folder.
        package var interval = Duration.seconds(2)

        /// The usual socket, and nothing handed out.
        package init(_ folder: AuthorityFolder) {
            self.folder = folder
            socket = folder.issuerSocket
        }
    }

    private let configuration: Configuration
    private let logger: Logger
    private let onListening: @Sendable (AdminAddress) async -> Void

    /// - Parameters:
    ///   - configuration: What to serve and where.
    ///   - logger: Gets what happens; never a token.
    ///   - onListening: Called once, when whoever asks is answered.
    package init(
        _ configuration: Configuration,
        logger: Logger,
        onListening: @escaping @Sendable (AdminAddress) async -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.logger = logger
        self.onListening = onListening
    }

    /// Serves until it is told to shut down; a request that is then under way ends with its connection.
    ///
    /// - Throws: ``AuthorityError`` when there is no CA in the folder, and what the socket's server throws.
    package func run() async throws {
        try Authority.requireAuthority(configuration.folder)
        let queue = IssuingQueue()
        do {
            try await cancelWhenGracefulShutdown { try await serve(queue) }
        } catch is CancellationError {
            // Told to end.
        } catch {
            try await queue.stop()
            throw error
        }
        try await queue.stop()
    }

    private func serve(_ queue: IssuingQueue) async throws {
        let memory = LogMemory()
        let desk = IssuingDesk(configuration.folder, queue: queue, memory: memory, logger: logger)
        var limits = AdminServer.Limits.standard
        limits.bodyBytes = IssuerRoutes.bodyBytes
        // More than the queue takes, so that whoever comes too many is told so.
        limits.connections = 128
        // An edge gives up after fifteen seconds.
        limits.answer = .seconds(15)
        let server = AdminServer(
            .unix(path: configuration.socket),
            routes: IssuerRoutes.table(desk),
            limits: limits,
            access: configuration.access,
            refuse: IssuerRoutes.problem
        )
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            // Before anybody is answered, what is handed out is there.
            var upkeep = Upkeep(
                configuration.folder,
                edgeFiles: configuration.edgeFiles,
                agents: configuration.agents,
                memory: memory
            )
            try await keepUp(&upkeep, queue)
            tasks.addTask { try await server.run(onBound: onListening) }
            tasks.addTask { [upkeep] in try await keepUp(from: upkeep, queue) }
            defer { tasks.cancelAll() }
            try await tasks.next()
        }
    }

    private func keepUp(from first: Upkeep, _ queue: IssuingQueue) async throws {
        var upkeep = first
        while true {
            try await Task.sleep(for: configuration.interval)
            try await keepUp(&upkeep, queue)
        }
    }

    private func keepUp(_ upkeep: inout Upkeep, _ queue: IssuingQueue) async throws {
        let (next, events) = try await queue.runInAnyCase { [upkeep] in
            var next = upkeep
            let events = next.turn(at: Date())
            return (next, events)
        }
        upkeep = next
        for event in events { log(event) }
    }

    private func log(_ event: Upkeep.Event) {
        switch event {
        case .edgeRenewed(let name, let notAfter):
            logger.info("edge renewed", metadata: ["edge": "\(name)", "not_after": "\(notAfter)"])
        case .listsSigned:
            logger.info("revocation lists signed")
        case .edgePublished(let files):
            logger.info("edge's files published", metadata: ["files": "\(files.joined(separator: " "))"])
        case .agentsPublished(let outcome):
            logger.info("agents published", metadata: ["files": "\(outcome.written.joined(separator: " "))"])
        case .failed(let duty, let problem, let retry):
            logger.error(
                "upkeep failed",
                metadata: ["duty": "\(duty.rawValue)", "error": "\(problem)", "retry_s": "\(retry)"]
            )
        }
    }
}

extension AuthorityFolder {
    /// Where the issuing service is asked unless another place is chosen.
    package var issuerSocket: String { "\(path)/issuer.sock" }
}
