package import Logging
import Synchronization

/// Keeps what is logged from level info on, for a test to read.
package final class WrittenLog: Sendable {
    private let kept = Mutex<[String]>([])

    package init() {}

    /// What has been logged, as `level: message key=value …` with the keys in order.
    package var lines: [String] { kept.withLock { $0 } }

    /// A logger that writes here.
    package var logger: Logger { Logger(label: "test") { _ in Writer(log: self) } }

    private struct Writer: LogHandler {
        let log: WrittenLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

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
