import Agent
import NIOPosix
import Synchronization
import Telemetry

/// The file that gets the log besides standard error.
///
/// Lines wait in a bounded queue for a thread of their own, so that whoever logs never waits for a disk; lines that the
/// disk does not take in time are dropped.
///
/// ## Concurrency
/// The queue is behind a lock that is held for an append only. The file is the writing thread's, behind a lock that nobody
/// else takes.
final class LogFile: Sendable {
    private struct Queue {
        var bytes: [UInt8] = []
        var reopens = false
        var isBeingWritten = false

        /// Whether somebody has to begin writing; it is the caller then.
        mutating func beginWriting() -> Bool {
            defer { isBeingWritten = true }
            return !isBeingWritten
        }
    }

    /// How many bytes wait at most.
    static let backlog = 1024 * 1024

    private let file: Mutex<LineFile>
    private let queue = Mutex(Queue())
    private let thread = NIOThreadPool(numberOfThreads: 1)

    /// - Throws: ``AgentExit`` when the file cannot be opened.
    init(path: String) throws {
        do throws(LineFileError) {
            file = Mutex(try LineFile(path: path))
        } catch {
            throw AgentExit(
                code: 2,
                problem: "The log file \(path) cannot be opened: \(error).",
                nextStep: "Name another with --log-file, or none."
            )
        }
        thread.start()
    }

    /// Takes a line, its end included; the caller never waits.
    func append(_ line: String) {
        let mustStart = queue.withLock { queue in
            guard queue.bytes.count + line.utf8.count <= Self.backlog else { return false }
            queue.bytes += line.utf8
            return queue.beginWriting()
        }
        if mustStart { startWriting() }
    }

    /// Opens the file again by its path, after what is waiting has been written: somebody has moved it away.
    func reopen() {
        let mustStart = queue.withLock { queue in
            queue.reopens = true
            return queue.beginWriting()
        }
        if mustStart { startWriting() }
    }

    /// Writes what still waits, for as long as that may take, and ends the thread.
    func close(within limit: Duration = .seconds(2)) async {
        let end = ContinuousClock.now + limit
        while queue.withLock({ $0.isBeingWritten }), ContinuousClock.now < end {
            do { try await Task.sleep(for: .milliseconds(10)) } catch { break }
        }
        // A thread that hangs in a write is left to the end of the process.
        thread.shutdownGracefully { _ in }
    }

    private func startWriting() { thread.submit { [self] _ in writeAll() } }

    /// On the writing thread: carries on until nothing waits.
    private func writeAll() {
        while true {
            let (bytes, reopens) = queue.withLock { queue in
                let taken = (queue.bytes, queue.reopens)
                queue.isBeingWritten = !queue.bytes.isEmpty || queue.reopens
                queue.bytes = []
                queue.reopens = false
                return taken
            }
            guard !bytes.isEmpty || reopens else { return }
            if !bytes.isEmpty { file.withLock { _ = $0.append(bytes) } }
            // What cannot be opened again goes on in the file that is open; there is nowhere else to say so.
            if reopens { do { try file.withLock { file throws(LineFileError) in try file.reopen() } } catch {} }
        }
    }
}
