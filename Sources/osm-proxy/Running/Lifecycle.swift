import Edge
import Logging
import NIOCore
import ServiceLifecycle
import Telemetry
import UnixSignals

/// The edge as a process: what each signal does.
struct Lifecycle: Sendable {
    let edge: EdgeService
    let reload: Reload
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
        // From here on none of them ends the process by itself.
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask { await obey(signals, group) }
            // Signals have no end: the first to end is the edge.
            defer { tasks.cancelAll() }
            try await tasks.next()
        }
    }

    private func obey(_ signals: UnixSignalsSequence, _ group: ServiceGroup) async {
        var isStopping = false
        for await signal in signals {
            if signal == .sighup {
                // One that stops has no use for another configuration.
                if !isStopping { reload.run() }
            } else if isStopping {
                logger.notice("ended by a second signal")
                Ending.exit(128 + signal.rawValue)
            } else {
                isStopping = true
                await group.triggerGracefulShutdown()
            }
        }
    }
}
