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
    package func write(_ text: String) { _ = Self.write(Array(text.utf8), to: rawValue) }

    /// Writes as much as can be written, and says how many bytes that was; waits where the descriptor does.
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int {
        var done = 0
        while done < bytes.count {
            let written = unsafe bytes[done...].withUnsafeBytes { region in
                #if canImport(Darwin)
                unsafe Darwin.write(descriptor, region.baseAddress, region.count)
                #else
                unsafe Glibc.write(descriptor, region.baseAddress, region.count)
                #endif
            }
            guard written > 0 || (written < 0 && errno == EINTR) else { break }
            done += max(0, written)
        }
        return done
    }
}
