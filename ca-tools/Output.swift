import CertificateAuthority
import FoundationEssentials
import Glibc

/// What the commands say: data to standard output, everything else to standard error.
enum Output {
    /// Prints text and a line feed; throws when it cannot be written, as on a full disk.
    static func say(_ text: String) throws { try write(text.hasSuffix("\n") ? text : text + "\n") }

    /// Prints a value as JSON with sorted keys.
    static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        try write(String(decoding: try encoder.encode(value), as: UTF8.self) + "\n")
    }

    /// Prints a value as one line of JSON, for whoever waits for it; that nobody reads it is no failure.
    static func line(_ value: some Encodable) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do { try write(String(decoding: try encoder.encode(value), as: UTF8.self) + "\n") } catch {}
    }

    /// Tells a person something that is no data.
    static func complain(_ text: String) {
        // When not even this can be written, only the exit code is left.
        _ = write(Array("\(text)\n".utf8), to: STDERR_FILENO)
    }

    private static func write(_ text: String) throws {
        let code = write(Array(text.utf8), to: STDOUT_FILENO)
        guard code == 0 else {
            throw AuthorityError(
                .diskFull,
                "standard output cannot be written: \(unsafe String(cString: strerror(code)))",
                next: "check where it leads; the command itself was carried out"
            )
        }
    }

    /// Writes everything; what the system says when it cannot, or 0.
    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { return errno }
            rest = rest.dropFirst(max(0, count))
        }
        return 0
    }
}
