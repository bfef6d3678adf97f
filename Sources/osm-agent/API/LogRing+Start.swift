import Agent
import Logging
import Synchronization
import Telemetry

extension LogRing {
    /// Starts the log of this process, and keeps its last lines for who asks the running agent.
    static func start(
        _ settings: AgentSettings,
        _ threshold: LogThreshold,
        writing write: @escaping @Sendable (String) -> Void
    ) throws -> LogRing {
        let ring = LogRing()
        let file = try settings.logFile.map { try LogFile(path: $0) }
        Telemetry.startLogging(
            threshold: threshold,
            format: settings.logFormat,
            writing: { line in
                write(line)
                file?.append(line)
            },
            copying: .info,
            to: { ring.append($0) }
        )
        return ring
    }
}

/// The file that gets the log besides standard error.
///
/// ## Concurrency
/// The lock owns the file; a line is short, and one that the disk does not take is dropped.
final class LogFile: Sendable {
    private let file: Mutex<LineFile>

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
    }

    func append(_ line: String) { file.withLock { _ = $0.append(Array(line.utf8)) } }
}
