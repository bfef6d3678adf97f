import ArgumentParser
import Settings
import Telemetry

/// `osm-proxy config`.
struct Config: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at a configuration without running it.",
        subcommands: [Check.self, Show.self]
    )

    /// `osm-proxy config check`.
    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what is wrong with a configuration: exit code 0 when nothing is, 2 otherwise.",
            usage: "osm-proxy config check [--json] [--config <file>] [<setting> ...]",
            discussion: """
                Takes the same flags and environment as run. Reads the certificate, its key,
                the operator's bundle and the revocation list as well, and sees whether the
                access log may be written; opens no port and writes nothing.
                """
        )

        @Flag(help: "Print one object of JSON: whether it is right, and up to 50 problems with their places.")
        var json = false

        @OptionGroup var options: SettingsOptions

        func run() async throws {
            let problems = Self.problems(options.loader)
            if json {
                let verdict = SettingsVerdict(SettingsProblems(problems))
                StandardStream.output.write(String(decoding: SettingsReport.json(verdict), as: UTF8.self) + "\n")
            } else if problems.isEmpty {
                StandardStream.output.write("the configuration is right\n")
            } else {
                StandardStream.error.write(SettingsProblems(problems).description + "\n")
            }
            guard problems.isEmpty else { throw ExitCode(2) }
        }

        private static func problems(_ loader: SettingsLoader) -> [SettingsProblem] {
            do throws(SettingsProblems) {
                return NamedFiles.problems(try loader.loadForRunning())
            } catch {
                return error.problems
            }
        }
    }

    /// `osm-proxy config show`.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print every setting with its value and whose word that is; secrets are left out.",
            usage: "osm-proxy config show [--json] [--config <file>] [<setting> ...]",
            discussion: "Takes the same flags and environment as run."
        )

        @Flag(help: "Print JSON.")
        var json = false

        @OptionGroup var options: SettingsOptions

        func run() async throws {
            let resolution = try options.loader.load()
            guard json else { return StandardStream.output.write(SettingsReport.text(resolution)) }
            let rows = SettingsReport.json(SettingsReport.rows(resolution))
            StandardStream.output.write(String(decoding: rows, as: UTF8.self) + "\n")
        }
    }
}
