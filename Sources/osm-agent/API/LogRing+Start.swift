import Logging
import Telemetry

extension LogRing {
    /// Starts the log of this process, and keeps its last lines for who asks the running agent.
    static func start(
        _ settings: AgentSettings,
        _ threshold: LogThreshold,
        writing write: @escaping @Sendable (String) -> Void
    ) throws -> LogRing {
        let ring = LogRing()
        Telemetry.startLogging(
            threshold: threshold,
            format: settings.logFormat,
            writing: write,
            copying: .info,
            to: { ring.append($0) }
        )
        return ring
    }
}
