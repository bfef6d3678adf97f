import AdminHTTP
import Agent
import FoundationEssentials
import Inspector
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
        let setup = AgentSetup(settings: file.settings)
        let threshold = LogThreshold(file.settings.logLevel)
        let logs = try LogRing.start(file.settings, threshold, writing: view.screen.write)
        let logger = Logger(label: "osm-agent")
        var configuration = try setup.configuration()
        let exchanges = file.settings.inspects ? ExchangeLog() : nil
        configuration.observer = exchanges.map { InspectingObserver(log: $0) }
        if case .daemon = habit { configuration.endsWhenAllIsRefused = false }
        let agent = try AgentService(
            configuration: configuration,
            pid: ProcessInfo.processInfo.processIdentifier,
            logger: logger
        )
        let roster = EndpointRoster(habit: habit, folder: setup.identity.path, logger: logger)
        let desk = EndpointDesk(
            state: agent.state,
            logger: logger,
            serve: agent.replace(endpoints:),
            remember: { await roster.remember($0) }
        )
        await roster.apply(file, to: desk)
        let watch = ConfigurationWatch(loader: loader, present: file, logger: logger) { file, _ in
            threshold.level = file.settings.logLevel
            await roster.apply(file, to: desk)
        }
        var actions = LocalAPI.Actions()
        if !file.paths.isEmpty { actions.reload = { watch.requestReload() } }
        let api = LocalAPI(
            address: .unix(path: try LocalSocket.prepared(setup.socket)),
            state: agent.state,
            desk: desk,
            logs: logs,
            actions: actions,
            logger: logger
        )
        let events = agent.state.subscribe()
        // They are told to end from the last to the first: the agent leaves while it still says what it does.
        let services: [any Service] = [api, watch, agent]
        async let shown: Void = view.run(events) { agent.state.current }
        let lifecycle = Lifecycle(services: services, grace: file.settings.gracePeriod) { watch.requestReload() }
        try await lifecycle.run()
        await shown
    }
}
