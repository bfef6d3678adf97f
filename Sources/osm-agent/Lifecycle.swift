import Logging
import ServiceLifecycle
import UnixSignals

/// The agent as a process: what each signal does.
struct Lifecycle {
    /// The last of them is the agent; when it ends, all do.
    let services: [any Service]
    /// How long what is under way may take to finish.
    let grace: Duration
    /// What SIGHUP does; nil where it means that the terminal is gone, and with it whoever watched.
    let reload: (@Sendable () -> Void)?

    /// How much longer than its grace an agent may take that does not keep to it.
    private static let reserve = Duration.seconds(5)

    /// How long whoever told the process to end has to wait before it may be killed.
    static func patience(grace: Duration) -> Duration { grace + reserve + .seconds(10) }

    /// Runs until the services have ended; a second signal to stop ends the process from within.
    func run() async throws {
        var configuration = ServiceGroupConfiguration(
            services: services.enumerated().map { index, service in
                .init(
                    service: service,
                    successTerminationBehavior: index == services.count - 1 ? .gracefullyShutdownGroup : .ignore,
                    failureTerminationBehavior: .gracefullyShutdownGroup
                )
            },
            logger: Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() }
        )
        // The agent keeps to its grace by itself; this is for one that does not.
        configuration.maximumGracefulShutdownDuration = grace + Self.reserve
        let group = ServiceGroup(configuration: configuration)
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask { await obey(signals, group) }
            // Signals have no end: the first to end is the agent.
            defer { tasks.cancelAll() }
            try await tasks.next()
        }
    }

    private func obey(_ signals: UnixSignalsSequence, _ group: ServiceGroup) async {
        var isStopping = false
        for await signal in signals {
            if signal == .sighup, let reload {
                reload()
                continue
            }
            if isStopping { Ending.exit(128 + signal.rawValue) }
            isStopping = true
            await group.triggerGracefulShutdown()
        }
    }
}
