import Agent
import ArgumentParser
import Telemetry

/// `osm-agent password`.
struct Password: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make the lines of a password file for --basic-auth-file.",
        subcommands: [Hash.self]
    )

    struct Hash: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Hash a visitor's password.",
            discussion: """
                Asks for the password on the terminal, or reads one line of standard input.
                Prints one line, user:hash, for the file that --basic-auth-file names; the
                file must be readable by its owner alone. A running agent reads it again
                when it has changed.

                Examples:
                  (umask 077; osm-agent password hash ann >> passwords)
                  osm-agent http 3000 --basic-auth-file passwords
                """
        )

        @Argument(help: "The visitor's name.")
        var user: String

        func run() throws {
            let password = try Self.ask(for: user)
            do {
                StandardStream.output.write(try PasswordHash.line(user: user, password: password) + "\n")
            } catch let error as VisitorRulesError {
                throw AgentExit(code: 2, problem: "No line was made: \(error).", nextStep: "Choose another.")
            }
        }

        private static func ask(for user: String) throws -> [UInt8] {
            guard HiddenLine.isAsked else { return try line() }
            StandardStream.error.write("Password: ")
            let password = try line()
            StandardStream.error.write("\nThe same once more: ")
            let again = try line()
            StandardStream.error.write("\n")
            guard password == again else {
                throw AgentExit(code: 1, problem: "The two passwords differ.", nextStep: "Try again.")
            }
            return password
        }

        private static func line() throws -> [UInt8] {
            guard let line = HiddenLine.read(upTo: PasswordHash.longestPassword) else {
                throw AgentExit(
                    code: 1,
                    problem: "No password came, or one that is longer than \(PasswordHash.longestPassword) bytes.",
                    nextStep: "Type it, or write it to standard input as one line."
                )
            }
            return line
        }
    }
}
