import CertificateAuthority
import Foundation

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
        do { try FileHandle.standardError.write(contentsOf: Data("\(text)\n".utf8)) } catch {}
    }

    private static func write(_ text: String) throws {
        do {
            try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
        } catch {
            throw AuthorityError(
                .diskFull,
                "standard output cannot be written: \(error.localizedDescription)",
                next: "check where it leads; the command itself was carried out"
            )
        }
    }
}
