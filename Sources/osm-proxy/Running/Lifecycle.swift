import Edge
import Logging
import NIOCore
import ServiceLifecycle
import Telemetry
import UnixSignals

/// The edge as a process: what each signal does.
struct Lifecycle: Sendable {
    let edge: EdgeService
    let reloads: ReloadQueue
    /// SIGHUP, trapped since the process began.
    let hangups: UnixSignalsSequence
    /// How long draining may take.
    let drain: TimeAmount
    let logger: Logger

    /// Runs until the edge has drained, or it failed; a second signal to stop ends the process from within.
    func run() async throws {
        var configuration = ServiceGroupConfiguration(
            services: [.init(service: edge, successTerminationBehavior: .gracefullyShutdownGroup)],
            logger: logger
        )
        // Draining has its own deadline; this one is for an edge that does not keep it.
        configuration.maximumGracefulShutdownDuration = .nanoseconds(drain.nanoseconds) + .seconds(10)
        let group = ServiceGroup(configuration: configuration)
        // From here on neither ends the process by itself; before, there is nothing to drain.
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask { await obey(signals, group) }
            tasks.addTask { for await _ in hangups { reloads.request() } }
            // Signals have no end: the first to end is the edge.
            defer { tasks.cancelAll() }
            try await tasks.next()
        }
    }

    private func obey(_ signals: UnixSignalsSequence, _ group: ServiceGroup) async {
        var isStopping = false
        for await signal in signals {
            if isStopping {
                logger.notice("ended by a second signal")
                Ending.exit(128 + signal.rawValue)
            } else {
                isStopping = true
                await group.triggerGracefulShutdown()
            }
        }
    }
}
