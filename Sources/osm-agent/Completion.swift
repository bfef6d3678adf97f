import ArgumentParser
import Telemetry

/// `osm-agent completion`.
struct Completion: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the script that lets a shell complete this program's commands.",
        discussion: """
            Examples:
              osm-agent completion bash > ~/.local/share/bash-completion/completions/osm-agent
              osm-agent completion zsh > ~/.zfunc/_osm-agent
              osm-agent completion fish > ~/.config/fish/completions/osm-agent.fish
            """
    )

    enum Shell: String, CaseIterable, ExpressibleByArgument {
        case bash, zsh, fish

        var generated: CompletionShell {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        }
    }

    @Argument(help: "The shell.")
    var shell: Shell

    func run() throws {
        StandardStream.output.write(OsmAgent.completionScript(for: shell.generated) + "\n")
    }
}
