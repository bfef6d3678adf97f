import ArgumentParser
import Settings
import Telemetry

/// `osm-agent config`.
struct Config: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Check, show and edit the configuration file.",
        subcommands: [Check.self, Show.self, Edit.self, Path.self]
    )

    /// `osm-agent config check`.
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say everything that is wrong with the configuration: exit code 0 when nothing is, 2 otherwise.",
            discussion: """
                Looks for the files that the configuration names, too; connects to nothing
                and writes nothing.

                Examples:
                  osm-agent config check
                  osm-agent config check -c work.yaml --json
                """
        )

        @Flag(help: "Print one object of JSON: whether it is right, and up to 50 problems with their places.")
        var json = false

        @OptionGroup var configuration: ConfigurationOptions

        func run() throws {
            let loader = configuration.loader()
            let problems = SettingsProblems(ConfigurationCheck.problems(loader))
            if json {
                StandardStream.output.write(try JSONText.of(SettingsVerdict(problems)))
            } else if problems.problems.isEmpty {
                StandardStream.output.write("fine: \(ConfigurationReport.names(loader.paths))\n")
            } else {
                StandardStream.error.write(problems.description + "\n")
            }
            guard problems.problems.isEmpty else { throw ExitCode(2) }
        }
    }

    /// `osm-agent config show`.
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print what counts, and whose word each value is; secrets are left out.",
            discussion: "The values of request_headers are left out as well: they may hold tokens."
        )

        @Flag(help: "Print JSON.")
        var json = false

        @OptionGroup var configuration: ConfigurationOptions

        func run() throws {
            let report = ConfigurationReport(try configuration.loader().load(), places: ConfigurationReport.usualPlaces)
            StandardStream.output.write(json ? try JSONText.of(report) : report.text)
        }
    }

    /// `osm-agent config path`.
    struct Path: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print which files are read, or where one would be.",
            discussion: "Exit code 0 when there is one, 1 when there is none."
        )

        @OptionGroup var configuration: ConfigurationOptions

        func run() throws {
            let search = configuration.search
            guard search.files.isEmpty else {
                return StandardStream.output.write(search.files.map { "\($0)\n" }.joined())
            }
            StandardStream.error.write("There is no configuration file. The usual places, the best first:\n")
            StandardStream.error.write(search.usual.map { "  \($0)\n" }.joined())
            throw ExitCode.failure
        }
    }
}
