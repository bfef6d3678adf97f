import Logging
import Telemetry

extension LogRing {
    /// Starts the log of this process, and keeps its last lines for who asks the running agent.
    ///
    /// - Parameters:
    ///   - settings: How it is written.
    ///   - threshold: What of it is written.
    ///   - file: What gets it besides standard error.
    ///   - write: Standard error.
    /// - Returns: The last lines.
    static func start(
        _ settings: AgentSettings,
        _ threshold: LogThreshold,
        to file: LogFile?,
        writing write: @escaping @Sendable (String) -> Void
    ) -> LogRing {
        let ring = LogRing()
        Telemetry.startLogging(
            threshold: threshold,
            format: settings.logFormat,
            writing: { line in
                write(line)
                file?.append(line)
            },
            copying: .info,
            to: { ring.append($0) }
        )
        return ring
    }
}
