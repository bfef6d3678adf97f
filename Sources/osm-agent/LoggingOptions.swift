import ArgumentParser
import Logging
import Telemetry

/// How much is logged, and in which form; the log goes to standard error.
struct LoggingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("trace, debug, info, notice, warning, error or critical.", valueName: "level"))
    var logLevel = "warning"

    @Option(help: ArgumentHelp("auto (text on a terminal, else JSON), text or json.", valueName: "format"))
    var logFormat = "auto"

    func validate() throws {
        guard Logger.Level(rawValue: logLevel) != nil else {
            throw ValidationError("--log-level: '\(logLevel)' is not a level; try info or debug")
        }
        guard LogFormat(rawValue: logFormat) != nil else {
            throw ValidationError("--log-format: '\(logFormat)' is not auto, text or json")
        }
    }

    /// Starts the log, and keeps its last lines for who asks the running agent.
    func start() -> LogRing {
        let ring = LogRing()
        Telemetry.startLogging(
            threshold: LogThreshold(Logger.Level(rawValue: logLevel) ?? .info),
            format: LogFormat(rawValue: logFormat) ?? .automatic,
            copying: .info,
            to: { ring.append($0) }
        )
        return ring
    }
}
