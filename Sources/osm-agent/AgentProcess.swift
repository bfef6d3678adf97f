import AdminHTTP
import Agent
import FoundationEssentials
import Logging
import NIOCore
import ServiceLifecycle
import Telemetry

/// An agent as a process of its own: the engine, and everything that looks at it.
struct AgentProcess {
    /// What it serves, and for how long.
    enum Habit {
        /// These and nothing else, until somebody ends the command.
        case command([EndpointSpec])
        /// These of the configuration file; nil for all that are enabled.
        case start([String]?)
        /// What the file says and what was enabled before; goes on when all of it is refused.
        case daemon
    }

    let file: AgentFile
    let loader: AgentFileLoader
    let habit: Habit
    let view: AgentView

    func run() async throws {
        let supervisor = Supervisor.inherited()
        let setup = AgentSetup(settings: file.settings)
        let threshold = LogThreshold(file.settings.logLevel)
        let logFile = try file.settings.logFile.map { try LogFile(path: $0) }
        let logs = LogRing.start(file.settings, threshold, to: logFile, writing: view.screen.write)
        let logger = Logger(label: "osm-agent")
        let inspection = Inspection(file.settings)
        let agent = try engine(setup, inspection, logger)
        let roster = EndpointRoster(habit: habit, folder: setup.identity.path, logger: logger)
        let desk = desk(of: agent, roster, logger)
        await roster.apply(file, to: desk)
        let watch = watch(answered: { supervisor?.ready() }, logger) { file, _ in
            threshold.level = file.settings.logLevel
            await roster.apply(file, to: desk)
        }
        if case .daemon = habit, await desk.listings.isEmpty { tellOfNothing(logger) }
        let api = LocalAPI(
            address: .unix(path: try LocalSocket.prepared(setup.socket)),
            state: agent.state,
            desk: desk,
            logs: logs,
            actions: actions(watch, inspection),
            logger: logger
        )
        let events = agent.state.subscribe(to: view.news, pause: view.pause)
        let shownView = linkedView(inspection)
        let page = inspection?.page(of: agent, logger: logger) { shownView.inspectorOpened($0) }
        // They are told to end from the last to the first: the agent leaves while it still says what it does.
        let gated = GatedService(gate: api.bound, service: supervised(agent, supervisor))
        let services: [any Service] = [api, watch] + [page].compactMap(\.self) + [gated]
        async let shown: Void = shownView.run(events) { agent.state.current }
        async let _: Void = EndpointJournal.run(agent.state, logger)
        let outcome = await finish(services) {
            supervisor?.reloading()
            watch.requestReload()
            logFile?.reopen()
        }
        if case .success = outcome { await shown }
        await logFile?.close()
        try outcome.get()
    }

    private func desk(of agent: AgentService, _ roster: EndpointRoster, _ logger: Logger) -> EndpointDesk {
        EndpointDesk(
            state: agent.state,
            logger: logger,
            serve: agent.replace(endpoints:),
            remember: { await roster.remember($0) }
        )
    }

    private func watch(
        answered: @escaping @Sendable () -> Void,
        _ logger: Logger,
        apply: @escaping ConfigurationWatch.Apply
    ) -> ConfigurationWatch {
        ConfigurationWatch(loader: loader, present: file, logger: logger, answered: answered, apply: apply)
    }

    private func supervised(_ agent: AgentService, _ supervisor: Supervisor?) -> SupervisedService {
        let patience = Lifecycle.patience(grace: file.settings.gracePeriod)
        return SupervisedService(service: agent, state: agent.state, supervisor: supervisor, patience: patience)
    }

    private func actions(_ watch: ConfigurationWatch, _ inspection: Inspection?) -> LocalAPI.Actions {
        var actions = LocalAPI.Actions()
        actions.inspectorURL = { inspection?.url }
        actions.configurationProblems = { watch.problems }
        actions.gracePeriod = file.settings.gracePeriod
        if !file.paths.isEmpty { actions.reload = { watch.requestReload() } }
        return actions
    }

    /// Runs the services until they have ended.
    private func finish(
        _ services: [any Service],
        onHangUp reload: @escaping @Sendable () -> Void
    ) async -> Result<Void, any Error> {
        let lifecycle = Lifecycle(
            services: services,
            grace: file.settings.gracePeriod,
            reload: isSomebodyWatching ? nil : reload
        )
        do {
            try await lifecycle.run()
            return .success(())
        } catch {
            return .failure(error)
        }
    }

    private func tellOfNothing(_ logger: Logger) {
        logger.warning(
            "nothing is served yet",
            metadata: [
                "configuration": "\(ConfigurationReport.names(file.paths))",
                "next_step": "osm-agent config edit, to write endpoints into a file; or osm-agent http 3000",
            ]
        )
    }

    /// Whether it lasts as long as a terminal does.
    private var isSomebodyWatching: Bool {
        switch habit {
        case .daemon: false
        case .command, .start: StandardStream.error.isTerminal
        }
    }

    private func engine(_ setup: AgentSetup, _ inspection: Inspection?, _ logger: Logger) throws -> AgentService {
        var configuration = try setup.configuration()
        configuration.observer = inspection?.observer
        if case .daemon = habit { configuration.endsWhenAllIsRefused = false }
        DescriptorLimit.raise()
        return try AgentService(
            configuration: configuration,
            pid: ProcessInfo.processInfo.processIdentifier,
            logger: logger
        )
    }

    /// What a daemon says is kept as a log: its link is asked for, and not shown.
    private func linkedView(_ inspection: Inspection?) -> AgentView {
        var view = self.view
        switch habit {
        case .command, .start: view.inspector = { inspection?.url }
        case .daemon: view.showsInspector = false
        }
        return view
    }
}
