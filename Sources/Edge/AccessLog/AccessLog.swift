import CoreMetrics
import Logging
import NIOPosix
import Synchronization
import Telemetry

/// Writes finished requests down, one line each, without ever making an event loop wait.
///
/// Entries wait in a bounded queue for a thread of their own; when the disk or the reader of standard output is slower
/// than the visitors, entries are dropped and counted. Nothing is written before ``begin()``.
///
/// ## Concurrency
/// The queue is behind a lock that is held for an append only. The file belongs to the writing thread.
final class AccessLog: Sendable {
    /// What lines are written to; the writing thread alone calls it.
    struct Output: Sendable {
        /// Takes lines, and says how many of them were written whole.
        var write: @Sendable ([UInt8]) -> Int
        /// Opens the file again, which may have been moved away.
        var reopen: @Sendable () throws(LineFileError) -> Void = {}
    }

    fileprivate struct Queue {
        var entries: [AccessLogEntry] = []
        var cost = 0
        var seen = 0
        var reopens = false
        var isBeingWritten = false
        /// The first line of standard output is not the log's: what comes before ``AccessLog/begin()`` waits.
        var isHeld = true
        var configuration: AccessLogConfiguration
    }

    private let queue: Mutex<Queue>
    private let output: Output
    private let dropped: Counter
    private let logger: Logger
    private let thread: NIOThreadPool

    /// - Parameters:
    ///   - configuration: How much is logged; its destination has already become the output.
    ///   - dropped: Counts entries that were not written.
    ///   - logger: Learns what is wrong with the file.
    ///   - output: What the lines are written to.
    init(_ configuration: AccessLogConfiguration, dropped: Counter, logger: Logger, output: Output) {
        queue = Mutex(Queue(configuration: configuration))
        self.output = output
        self.dropped = dropped
        self.logger = logger
        thread = NIOThreadPool(numberOfThreads: 1)
        thread.start()
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
            let file = SharedLineFile(try LineFile(path: path))
            let output = Output(write: file.append, reopen: file.reopen)
            return AccessLog(configuration, dropped: dropped, logger: logger, output: output)
        }
    }

    /// Takes a finished request; the caller never waits.
    func record(_ entry: @autoclosure () -> AccessLogEntry) {
        let isSampled = queue.withLock { queue in
            queue.seen += 1
            return (queue.seen - 1).isMultiple(of: max(1, queue.configuration.sampling))
        }
        guard isSampled else { return }
        let entry = entry().bounded()
        enum Outcome { case dropped, queued, mustStart }
        let outcome: Outcome = queue.withLock { queue in
            guard queue.cost + entry.cost <= queue.configuration.backlog else { return .dropped }
            queue.entries.append(entry)
            queue.cost += entry.cost
            return queue.beginWriting() ? .mustStart : .queued
        }
        switch outcome {
        case .dropped: dropped.increment()
        case .queued: break
        case .mustStart: startWriting()
        }
    }

    /// Takes other bounds and another form; the destination stays.
    func adopt(_ configuration: AccessLogConfiguration) {
        queue.withLock { $0.configuration = configuration }
    }

    /// Writes what has waited until now, and from here on whatever comes.
    func begin() {
        let mustStart = queue.withLock { queue in
            queue.isHeld = false
            return (!queue.entries.isEmpty || queue.reopens) && queue.beginWriting()
        }
        if mustStart { startWriting() }
    }

    /// Opens the file again, after what is waiting has been written.
    func reopen() {
        let mustStart = queue.withLock { queue in
            queue.reopens = true
            return queue.beginWriting()
        }
        if mustStart { startWriting() }
    }

    /// Writes what still waits, for as long as that may take, and ends the thread.
    func close(within limit: Duration = .seconds(2)) async {
        let clock = ContinuousClock()
        let end = clock.now + limit
        while queue.withLock({ $0.isBeingWritten }), clock.now < end {
            do { try await clock.sleep(for: .milliseconds(10)) } catch { break }
        }
        // A thread that hangs in a write is left to the end of the process.
        thread.shutdownGracefully { _ in }
    }

    private func startWriting() { thread.submit { [self] _ in writeAll() } }

    /// On the writing thread: carries on until nothing waits.
    private func writeAll() {
        while true {
            let (entries, reopens, showsQueries) = queue.withLock { $0.takeAll() }
            guard !entries.isEmpty || reopens else { return }
            if !entries.isEmpty {
                let lines = entries.flatMap { $0.line(showsQueries: showsQueries).utf8 }
                dropped.increment(by: entries.count - output.write(lines))
            }
            if reopens { openAgain() }
        }
    }

    private func openAgain() {
        do throws(LineFileError) {
            try output.reopen()
        } catch {
            logger.error(
                "access log not opened again: it goes on in the file that is open",
                metadata: ["problem": "\(error)"]
            )
        }
    }
}

extension AccessLog.Queue {
    /// Whether somebody has to begin writing; it is the caller then.
    fileprivate mutating func beginWriting() -> Bool {
        guard !isBeingWritten, !isHeld else { return false }
        isBeingWritten = true
        return true
    }

    /// What is to be written now; when there is nothing, writing has ended.
    fileprivate mutating func takeAll() -> ([AccessLogEntry], reopens: Bool, showsQueries: Bool) {
        let taken = (entries, reopens: reopens, showsQueries: configuration.showsQueries)
        isBeingWritten = !entries.isEmpty || reopens
        entries = []
        cost = 0
        reopens = false
        return taken
    }
}

/// The file of the log, behind a lock that nobody else ever takes.
private final class SharedLineFile: Sendable {
    private let file: Mutex<LineFile>

    init(_ file: consuming LineFile) { self.file = Mutex(file) }

    @Sendable
    func append(_ bytes: [UInt8]) -> Int { file.withLock { $0.append(bytes) } }

    @Sendable
    func reopen() throws(LineFileError) { try file.withLock { file throws(LineFileError) in try file.reopen() } }
}
