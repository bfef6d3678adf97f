import FoundationEssentials
package import Logging

/// Writes each log event as one bounded, escaped line.
///
/// A value like every log handler: each logger has its own copy, and the only thing the copies share is where the
/// lines go.
package struct LineLogHandler: LogHandler {
    /// What this logger alone was told, or else the threshold of the process.
    package var logLevel: Logger.Level {
        get { ownLevel ?? threshold.level }
        set { ownLevel = newValue }
    }
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    private var ownLevel: Logger.Level?
    private let threshold: LogThreshold
    private let component: String
    private let style: LineStyle
    private let limits: LogLimits
    private let write: @Sendable (String) -> Void

    /// A handler whose component is the logger's label; `write` gets whole lines and must keep each in one piece.
    package init(
        component: String,
        threshold: LogThreshold,
        format: LogFormat,
        isTerminal: Bool = false,
        limits: LogLimits = .standard,
        write: @escaping @Sendable (String) -> Void
    ) {
        self.component = component
        self.threshold = threshold
        self.style = format.resolved(isTerminal: isTerminal)
        self.limits = limits
        self.write = write
    }

    /// The same with a level that does not change.
    package init(
        component: String,
        level: Logger.Level,
        format: LogFormat,
        isTerminal: Bool = false,
        limits: LogLimits = .standard,
        write: @escaping @Sendable (String) -> Void
    ) {
        self.init(
            component: component,
            threshold: LogThreshold(level),
            format: format,
            isTerminal: isTerminal,
            limits: limits,
            write: write
        )
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var fields = metadata
        if let provided = metadataProvider?.get() { fields.merge(provided) { _, new in new } }
        if let own = event.metadata { fields.merge(own) { _, new in new } }
        write(
            LogLine.format(event, metadata: fields, component: component, time: Date(), style: style, limits: limits)
        )
    }
}
