import Synchronization

/// A file of lines as a closure may keep it: behind a lock that nobody but the writing thread ever takes.
package final class SharedLineFile: Sendable {
    private let file: Mutex<LineFile>

    /// Opens the file; see ``LineFile``.
    package init(path: String) throws(LineFileError) { file = Mutex(try LineFile(path: path)) }

    /// Appends whole lines, and says how many of them arrived whole.
    @Sendable
    package func append(_ bytes: [UInt8]) -> Int { file.withLock { $0.append(bytes) } }

    /// Opens the path again; when that fails, what is open stays open.
    @Sendable
    package func reopen() throws(LineFileError) {
        try file.withLock { file throws(LineFileError) in try file.reopen() }
    }
}
