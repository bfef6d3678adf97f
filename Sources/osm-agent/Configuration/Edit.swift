import Agent
import ArgumentParser
import FoundationEssentials
import Settings
import Telemetry

extension Config {
    /// `osm-agent config edit`.
    struct Edit: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Open the configuration file in your editor, and check it before it counts.",
            discussion: """
                The editor is $VISUAL, or $EDITOR, or vi. What you edit is a copy next to
                the file, so that a running agent never sees half of a change; it takes the
                file's place when it is right. When it is not, the copy stays, and the next
                edit goes on with it. A file that does not exist yet begins with an example.
                """
        )

        @OptionGroup var configuration: ConfigurationOptions

        func run() throws {
            let search = configuration.search
            guard let path = search.editable else {
                throw AgentExit(
                    code: 2,
                    problem: "There is no place for a configuration file: neither HOME nor XDG_CONFIG_HOME is set.",
                    nextStep: "Name a file: osm-agent config edit -c FILE"
                )
            }
            let others = search.files.dropFirst()
            let editing = ConfigurationEditing(
                path: path,
                loader: configuration.loader().bound(to: [path] + others),
                open: { try Editor(environment: ProcessInfo.processInfo.environment).open($0) },
                asksAgain: Self.asksAgain,
                say: { StandardStream.error.write("\($0)\n") }
            )
            StandardStream.output.write(try editing.run() + "\n")
        }

        private static func asksAgain() -> Bool {
            guard StandardStream.error.isTerminal else { return false }
            StandardStream.error.write("Edit again? [Y/n] ")
            guard let answer = readLine() else { return false }
            return !answer.lowercased().hasPrefix("n")
        }
    }
}
