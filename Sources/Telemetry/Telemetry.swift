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
            handler(label, threshold, format, isTerminal: isTerminal) { StandardStream.error.write($0) }
        }
    }

    /// The same, and a copy in JSON of each line from a level on, whatever the threshold is.
    ///
    /// - Parameters:
    ///   - threshold: What is written.
    ///   - format: How it is written; the copy is always JSON.
    ///   - write: Gets each line in place of standard error, for who has a picture there.
    ///   - level: What is copied.
    ///   - copy: Gets the copies.
    package static func startLogging(
        threshold: LogThreshold,
        format: LogFormat,
        writing write: @escaping @Sendable (String) -> Void,
        copying level: Logger.Level,
        to copy: @escaping @Sendable (String) -> Void
    ) {
        let isTerminal = StandardStream.error.isTerminal
        LoggingSystem.bootstrap { label in
            MultiplexLogHandler([
                handler(label, threshold, format, isTerminal: isTerminal, write),
                LineLogHandler(component: label, level: level, format: .json, write: copy),
            ])
        }
    }

    private static func handler(
        _ label: String,
        _ threshold: LogThreshold,
        _ format: LogFormat,
        isTerminal: Bool,
        _ write: @escaping @Sendable (String) -> Void
    ) -> LineLogHandler {
        LineLogHandler(
            component: label,
            threshold: threshold,
            format: format,
            isTerminal: isTerminal,
            write: write
        )
    }

    /// Makes `registry` the receiver of every counter, gauge and timer of the process.
    package static func startMetrics(_ registry: PrometheusRegistry) {
        MetricsSystem.bootstrap(registry)
    }
}
