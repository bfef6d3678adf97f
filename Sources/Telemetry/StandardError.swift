#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The stream that log lines go to; standard output belongs to what a command answers.
enum StandardError {
    /// Whether a terminal reads it.
    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Writes one whole line in one call, so that lines of several threads or processes do not mix.
    ///
    /// A line that cannot be written is dropped: a log that nobody reads must not stop the service.
    static func append(line: String) {
        var bytes = Array(line.utf8)[...]
        while !bytes.isEmpty {
            let written = unsafe bytes.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if written > 0 {
                bytes = bytes.dropFirst(written)
            } else if errno != EINTR {
                return
            }
        }
    }
}
