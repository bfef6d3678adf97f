import Agent
import ArgumentParser
import Telemetry

/// `osm-agent service`.
struct ServiceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "service",
        abstract: "Have the system keep the agent running: systemd on Linux, launchd on macOS.",
        discussion: """
            A service of the machine starts with it and belongs to root; with --user it is
            yours and runs while you are logged in. Several agents on one machine each
            get a --name, and with it a configuration, an identity and a socket of their
            own.

            FILES, where N stands for osm-agent, or osm-agent-NAME
              of the machine     /etc/N/config.yaml     configuration
                                 /etc/N/environment     variables, NAME=value; optional
                                 /var/lib/N             identity
                                 /run/N/agent.sock      socket
              of a user          ~/.config/N/config.yaml, ~/.config/N/environment,
                                 ~/.local/state/N, $XDG_RUNTIME_DIR/N.sock
              on macOS           Library/Application Support/N, log in Library/Logs/N.log

            The agent tells systemd when it serves, how it is (systemctl status shows it)
            and that it lives: one that hangs is started again within a minute, one that
            died within seconds. One that only a person can help stays down.

            Examples:
              sudo osm-agent config edit -c /etc/osm-agent/config.yaml
              sudo osm-agent service install
              osm-agent service status
              osm-agent service install --user --name work

            EXIT CODES
              0   done; for status: it runs
              1   not possible, not there, or not running
              2   the command or the configuration is wrong
              20 to 28  the agent could not start (osm-agent --help lists them)
            """,
        subcommands: [
            Install.self, Uninstall.self, Start.self, Stop.self, Restart.self, Status.self, Print.self,
        ]
    )

    private struct Format: ParsableArguments {
        @Flag(help: "Print how it is then as JSON.")
        var json = false

        func show(_ status: ServiceStatus) throws {
            StandardStream.output.write(json ? try JSONText.of(status) : status.text)
        }
    }

    /// What start, stop and restart are about, and how they show what came of it.
    private struct InstalledService: ParsableArguments {
        @OptionGroup var options: ServiceOptions
        @OptionGroup var format: Format

        func make(_ change: ServiceDesk.Change) async throws {
            try format.show(try await options.desk(changing: change.rawValue).make(change))
        }
    }

    /// `osm-agent service install`.
    struct Install: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make the agent a service, start it, and wait until it answers.",
            discussion: """
                Looks first whether the agent could start: configuration, identity, operator
                CA. The same once more changes nothing and is no error; another service of
                that name is left alone. On Linux a service of the machine runs under a user
                of its own, which is made, and which gets the right to read the configuration.
                """
        )

        @OptionGroup var options: ServiceOptions
        @OptionGroup var drafting: ServiceDraftOptions
        @OptionGroup private var format: Format
        @Flag(help: "Say what would be done, and do nothing.")
        var dryRun = false

        func run() async throws {
            let desk = try await dryRun ? options.desk() : options.desk(changing: "install")
            let plan = try drafting.draft(for: desk).checked()
            guard !dryRun else {
                return StandardStream.output.write(desk.preview(desk.keeper.installation(of: plan)))
            }
            try format.show(try await desk.install(plan))
        }
    }

    /// `osm-agent service uninstall`.
    struct Uninstall: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stop the service and remove it; configuration and identity stay."
        )

        @OptionGroup var options: ServiceOptions
        @Flag(help: "Say what would be done, and do nothing.")
        var dryRun = false

        func run() async throws {
            let desk = try await dryRun ? options.desk() : options.desk(changing: "uninstall")
            guard !dryRun else { return StandardStream.output.write(desk.preview(desk.keeper.removal())) }
            try await desk.uninstall()
        }
    }

    /// `osm-agent service start`.
    struct Start: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Start it, and wait until it answers.")

        @OptionGroup private var service: InstalledService

        func run() async throws { try await service.make(.start) }
    }

    /// `osm-agent service stop`.
    struct Stop: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stop it until it is started, or the machine is; requests under way may finish.",
            discussion: "It differs from osm-agent stop, after which the system starts the agent again."
        )

        @OptionGroup private var service: InstalledService

        func run() async throws { try await service.make(.stop) }
    }

    /// `osm-agent service restart`.
    struct Restart: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stop it and start it, as after a new version; requests under way may finish."
        )

        @OptionGroup private var service: InstalledService

        func run() async throws { try await service.make(.restart) }
    }

    /// `osm-agent service status`.
    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show whether it runs, since when, how it ended last, and where its log is.",
            discussion: "Exit code 0 when it runs, 1 when not. What it serves: osm-agent status --socket FILE."
        )

        @OptionGroup var options: ServiceOptions
        @OptionGroup private var format: Format

        func run() async throws {
            let status = try await options.desk().status()
            try format.show(status)
            guard status.isRunning else { throw ExitCode.failure }
        }
    }

    /// `osm-agent service print`.
    struct Print: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the unit or property list that install would write; needs no rights and no configuration."
        )

        @OptionGroup var options: ServiceOptions
        @OptionGroup var drafting: ServiceDraftOptions

        func run() async throws {
            let desk = try await options.desk(isForLooking: true)
            let plan = try drafting.draft(for: desk).rough()
            StandardStream.output.write(desk.keeper.definition(of: plan))
        }
    }
}
