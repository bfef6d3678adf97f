import CoreMetrics
package import Logging

/// The one place where a process decides where its logs and its metrics go.
///
/// Call each function at most once, first thing in `main`: both settings are global to the process, and everything
/// else in this room is a value that is passed along.
package enum Telemetry {
    /// Sends every logger of the process to standard error, one line an event.
    package static func startLogging(level: Logger.Level = .info, format: LogFormat = .automatic) {
        startLogging(threshold: LogThreshold(level), format: format)
    }

    /// The same with a level that can be changed later.
    package static func startLogging(threshold: LogThreshold, format: LogFormat) {
        let isTerminal = StandardStream.error.isTerminal
        LoggingSystem.bootstrap { label in
            LineLogHandler(
                component: label,
                threshold: threshold,
                format: format,
                isTerminal: isTerminal,
                write: { StandardStream.error.write($0) }
            )
        }
    }

    /// Makes `registry` the receiver of every counter, gauge and timer of the process.
    package static func startMetrics(_ registry: PrometheusRegistry) {
        MetricsSystem.bootstrap(registry)
    }
}
