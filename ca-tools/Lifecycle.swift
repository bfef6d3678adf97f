import CertificateAuthority
import Logging
import ServiceLifecycle
import UnixSignals

/// The issuing service as a process: what each signal does.
struct Lifecycle: Sendable {
    let service: IssuingService
    let logger: Logger

    /// How long a shutdown may take: what is being written is small.
    private static let patience = Duration.seconds(10)

    /// Runs until the service has ended; a second signal ends the process from within.
    func run() async throws {
        var configuration = ServiceGroupConfiguration(
            services: [.init(service: service, successTerminationBehavior: .gracefullyShutdownGroup)],
            logger: logger
        )
        configuration.maximumGracefulShutdownDuration = Self.patience
        let group = ServiceGroup(configuration: configuration)
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask { await obey(signals, group) }
            // Signals have no end: the first to end is the service.
            defer { tasks.cancelAll() }
            try await tasks.next()
        }
    }

    private func obey(_ signals: UnixSignalsSequence, _ group: ServiceGroup) async {
        var isStopping = false
        for await signal in signals {
            if isStopping {
                CATools.exit(128 + signal.rawValue)
            } else {
                isStopping = true
                await group.triggerGracefulShutdown()
            }
        }
    }
}
