#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A file that whole lines are appended to; opened again by its path when somebody has moved it away.
///
/// ## Concurrency
/// Not `Sendable`: it belongs to whoever writes, since a call may wait for the disk.
package struct LineFile: ~Copyable {
    private let path: String
    private var lines: LineWriter

    /// Opens the file for appending and makes it when there is none, readable by its owner and group.
    ///
    /// - Throws: ``LineFileError``.
    package init(path: String) throws(LineFileError) {
        self.path = path
        lines = LineWriter(descriptor: try Self.open(path))
    }

    deinit { close(lines.descriptor) }

    /// Opens the path again; when that fails, what is open stays open.
    package mutating func reopen() throws(LineFileError) {
        let next = try Self.open(path)
        close(lines.descriptor)
        lines = LineWriter(descriptor: next)
    }

    /// Appends whole lines, and says how many of them arrived whole.
    package mutating func append(_ bytes: [UInt8]) -> Int { lines.append(bytes) }

    /// Never waits: the opening of a pipe would, until somebody reads it.
    private static func open(_ path: String) throws(LineFileError) -> Int32 {
        let flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK
        #if canImport(Darwin)
        let descriptor = unsafe Darwin.open(path, flags, 0o640)
        #else
        let descriptor = unsafe Glibc.open(path, flags, 0o640)
        #endif
        guard descriptor >= 0 else { throw LineFileError(path: path, code: errno) }
        guard takesLines(descriptor) else {
            close(descriptor)
            throw LineFileError(path: path, code: ENXIO)
        }
        return descriptor
    }

    /// Whether it is a file, or a device such as `/dev/null`; from here on writing to it may wait.
    private static func takesLines(_ descriptor: Int32) -> Bool {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return false }
        guard [S_IFREG, S_IFCHR].contains(status.st_mode & S_IFMT) else { return false }
        return fcntl(descriptor, F_SETFL, O_APPEND) == 0
    }
}

/// Why a file cannot be written to.
package struct LineFileError: Error, CustomStringConvertible {
    package let path: String
    /// `errno`.
    package let code: Int32

    package var description: String {
        let problem =
            switch code {
            case ENOENT: "its folder does not exist"
            case EACCES, EPERM, EROFS: "it may not be written"
            case EISDIR: "it is a folder"
            // What the system says of a pipe that nobody reads, and of a socket.
            case ENXIO: "it is neither a file nor a character device"
            default: "it cannot be opened (error \(code))"
            }
        return "\(path): \(problem)"
    }
}
