import Agent
import Telemetry

/// The file that gets the log besides standard error.
///
/// Lines that the disk does not take in time are dropped.
struct LogFile: Sendable {
    /// How many bytes wait at most.
    static let backlog = 1024 * 1024

    private let lines: WritingQueue<String>

    /// - Throws: ``AgentExit`` when the file cannot be opened.
    init(path: String) throws {
        let file: SharedLineFile
        do throws(LineFileError) {
            file = try SharedLineFile(path: path)
        } catch {
            throw AgentExit(
                code: 2,
                problem: "The log file \(path) cannot be opened: \(error).",
                nextStep: "Name another with --log-file, or none."
            )
        }
        lines = WritingQueue(
            write: { lines in _ = file.append(lines.flatMap(\.utf8)) },
            // What cannot be opened again goes on in the file that is open; there is nowhere else to say so.
            reopen: { do { try file.reopen() } catch {} }
        )
    }

    /// Takes a line, its end included; the caller never waits.
    func append(_ line: String) { _ = lines.add(line, cost: line.utf8.count, limit: Self.backlog) }

    /// Opens the file again by its path, after what is waiting has been written: somebody has moved it away.
    func reopen() { lines.reopen() }

    /// Writes what still waits, for as long as that may take, and ends the thread.
    func close(within limit: Duration = .seconds(2)) async { await lines.close(within: limit) }
}
