import CoreMetrics
import Logging
import Synchronization
import Telemetry

/// Writes finished requests down, one line each, without ever making an event loop wait.
///
/// Entries wait in a bounded queue for a thread of their own; when the disk or the reader of standard output is slower
/// than the visitors, entries are dropped and counted. Nothing is written before ``begin()``, since the first line of
/// standard output is not the log's.
///
/// ## Concurrency
/// What decides whether a request is logged is behind a lock that is held for no more than that.
final class AccessLog: Sendable {
    /// What lines are written to; the writing thread alone calls it.
    struct Output: Sendable {
        /// Takes lines, and says how many of them were written whole.
        var write: @Sendable ([UInt8]) -> Int
        /// Opens the file again, which may have been moved away.
        var reopen: @Sendable () throws(LineFileError) -> Void = {}
    }

    private struct Sampling {
        var configuration: AccessLogConfiguration
        var seen = 0

        /// How the next request is to be logged; nil when it is not.
        mutating func next() -> AccessLogConfiguration? {
            defer { seen += 1 }
            return seen.isMultiple(of: max(1, configuration.sampling)) ? configuration : nil
        }
    }

    /// An entry, and how it was to be written when the request ended.
    private struct Line {
        let entry: AccessLogEntry
        let showsQueries: Bool
    }

    private let sampling: Mutex<Sampling>
    private let lines: WritingQueue<Line>
    private let dropped: Counter

    /// - Parameters:
    ///   - configuration: How much is logged; its destination has already become the output.
    ///   - dropped: Counts entries that were not written.
    ///   - logger: Learns what is wrong with the file.
    ///   - output: What the lines are written to.
    init(_ configuration: AccessLogConfiguration, dropped: Counter, logger: Logger, output: Output) {
        sampling = Mutex(Sampling(configuration: configuration))
        self.dropped = dropped
        lines = WritingQueue(
            isHeld: true,
            write: { lines in
                let bytes = lines.flatMap { $0.entry.line(showsQueries: $0.showsQueries).utf8 }
                dropped.increment(by: lines.count - output.write(bytes))
            },
            reopen: {
                do throws(LineFileError) {
                    try output.reopen()
                } catch {
                    logger.error(
                        "access log not opened again: it goes on in the file that is open",
                        metadata: ["problem": "\(error)"]
                    )
                }
            }
        )
    }

    /// Opens what the configuration names; nil when nothing is to be logged.
    ///
    /// - Throws: `LineFileError`.
    static func open(_ configuration: AccessLogConfiguration, dropped: Counter, logger: Logger) throws -> AccessLog? {
        switch configuration.destination {
        case .off: return nil
        case .standardOutput:
            let lines = Mutex(LineWriter(descriptor: StandardStream.output.rawValue))
            let output = Output(write: { bytes in lines.withLock { $0.append(bytes) } })
            return AccessLog(configuration, dropped: dropped, logger: logger, output: output)
        case .file(let path):
            let file = try SharedLineFile(path: path)
            let output = Output(write: file.append, reopen: file.reopen)
            return AccessLog(configuration, dropped: dropped, logger: logger, output: output)
        }
    }

    /// Takes a finished request; the caller never waits.
    func record(_ entry: @autoclosure () -> AccessLogEntry) {
        guard let configuration = sampling.withLock({ $0.next() }) else { return }
        let line = Line(entry: entry().bounded(), showsQueries: configuration.showsQueries)
        let isTaken = lines.add(line, cost: line.entry.cost, limit: configuration.backlog)
        if !isTaken { dropped.increment() }
    }

    /// Takes other bounds and another form; the destination stays.
    func adopt(_ configuration: AccessLogConfiguration) {
        sampling.withLock { $0.configuration = configuration }
    }

    /// Writes what has waited until now, and from here on whatever comes.
    func begin() { lines.begin() }

    /// Opens the file again, after what is waiting has been written.
    func reopen() { lines.reopen() }

    /// Writes what still waits, for as long as that may take, and ends the thread.
    func close(within limit: Duration = .seconds(2)) async { await lines.close(within: limit) }
}
