package import Logging
import Synchronization

/// Keeps what is logged from some level on, for a test to read.
package final class WrittenLog: Sendable {
    private let kept = Mutex<[String]>([])

    private let level: Logger.Level

    package init(from level: Logger.Level = .info) { self.level = level }

    /// What has been logged, as `level: message key=value …` with the keys in order.
    package var lines: [String] { kept.withLock { $0 } }

    /// A logger that writes here.
    package var logger: Logger { Logger(label: "test") { _ in Writer(log: self, logLevel: level) } }

    private struct Writer: LogHandler {
        let log: WrittenLog
        var logLevel: Logger.Level
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let fields = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
            let line = fields.reduce("\(event.level): \(event.message)") { "\($0) \($1.key)=\($1.value)" }
            log.kept.withLock { $0.append(line) }
        }
    }
}
