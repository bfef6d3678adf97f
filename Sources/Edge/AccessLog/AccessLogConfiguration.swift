/// Whether finished requests are logged, where, and how much of them.
package struct AccessLogConfiguration: Sendable, Equatable {
    /// Where lines go.
    package enum Destination: Sendable, Equatable {
        case off
        case standardOutput
        case file(String)
    }

    package var destination = Destination.off
    /// Whether the values of queries are written as they came, rather than hidden.
    package var showsQueries = false
    /// Of so many requests one is logged.
    package var sampling = 1
    /// Bytes of entries that may wait to be written; what comes beyond is dropped and counted.
    package var backlog = 4 * 1024 * 1024

    package init() {}
}
