import Edge
import Logging
import ServiceLifecycle
import UnixSignals

extension Run {
    /// The edge as a process: which signals end it, and how long that may take.
    static func lifecycle(of edge: EdgeService, logger: Logger) -> ServiceGroup {
        var configuration = ServiceGroupConfiguration(
            services: [.init(service: edge, successTerminationBehavior: .gracefullyShutdownGroup)],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        configuration.maximumGracefulShutdownDuration = .seconds(40)
        return ServiceGroup(configuration: configuration)
    }
}
