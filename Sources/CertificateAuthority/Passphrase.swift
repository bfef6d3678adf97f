import Cryptography
import FoundationEssentials
package import Settings

/// Where the passphrase of a root key comes from; never the command line, which other users can see.
package enum PassphraseSource: Sendable, Equatable {
    /// The first line of a file that only its owner may read.
    case file(String)
    /// A value that the process was started with.
    case environment(String)
    /// The terminal, without echo.
    case terminal

    /// The variable that holds a passphrase when no file is named.
    package static let variable = "OSM_CA_PASSPHRASE"

    /// A file when one is named, else the environment when it is set there, else the terminal.
    package static func choose(file: String?, environment: [String: String]) -> PassphraseSource {
        if let file { return .file(file) }
        return environment[variable].map { .environment($0) } ?? .terminal
    }

    /// Reads the passphrase of a new key; a person is asked twice.
    package func readForNewKey() throws -> Secret {
        switch self {
        case .file(let path): try PassphraseSource.read(path)
        case .environment(let text): Secret(Array(text.utf8))
        case .terminal: try PassphraseSource.ask()
        }
    }

    private static func read(_ path: String) throws -> Secret {
        guard (DurableFile.mode(path) ?? 0) & 0o077 == 0 else {
            throw AuthorityError(
                .denied,
                "\(path): others may read this passphrase",
                next: "run \"chmod 600\" on the file, and choose another passphrase"
            )
        }
        let bytes = SecretBytes(try at(path) { try DurableFile.read(path, limit: 4_096) })
        return bytes.withBytes { Secret(Array($0.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") })) }
    }

    private static func ask() throws -> Secret {
        guard let answer = TerminalPrompt.secret("Passphrase for the new root key: ", twice: true) else {
            throw AuthorityError(
                .passphrase,
                TerminalPrompt.isPossible
                    ? "no passphrase was typed twice alike"
                    : "no passphrase was given, and there is no terminal to ask at",
                next: "name a file with --passphrase-file, or set \(variable)"
            )
        }
        return answer.withBytes { Secret($0) }
    }
}
