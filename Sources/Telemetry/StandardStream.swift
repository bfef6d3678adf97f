#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Standard output, for what a script reads, and standard error, for people and the log.
package enum StandardStream: Int32, Sendable {
    case output = 1
    case error = 2

    /// Whether a terminal reads it.
    package var isTerminal: Bool { isatty(rawValue) == 1 }

    /// Writes a whole text in one call where the system allows it, so that lines of several threads do not mix.
    ///
    /// What cannot be written is dropped: a log that nobody reads must not stop the service.
    package func write(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = unsafe bytes.withUnsafeBytes { region in
                #if canImport(Darwin)
                unsafe Darwin.write(rawValue, region.baseAddress, region.count)
                #else
                unsafe Glibc.write(rawValue, region.baseAddress, region.count)
                #endif
            }
            if written > 0 {
                bytes = bytes.dropFirst(written)
            } else if errno != EINTR {
                return
            }
        }
    }
}
