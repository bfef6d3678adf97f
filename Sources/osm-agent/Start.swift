import Agent
import ArgumentParser
import Settings
import Telemetry

/// `osm-agent start`.
struct Start: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve endpoints of the configuration file.",
        discussion: """
            Without a name, all that are enabled. When an agent of this user runs already,
            it starts them and this command ends; otherwise they are served until Ctrl-C.
            Changes of the file are taken while it runs.

            Examples:
              osm-agent start web ssh
              osm-agent start --all
            """
    )

    @Argument(help: ArgumentHelp("The endpoints to start.", valueName: "name"))
    var names: [String] = []

    @Flag(help: "Start every endpoint of the file, also those that are not enabled.")
    var all = false

    @OptionGroup(title: "Agent options") var options: AgentOptions

    func validate() throws {
        guard names.isEmpty || !all else { throw ValidationError("name endpoints, or use --all") }
    }

    func run() async throws {
        let loader = options.loader
        let file = try loader.load()
        let chosen = try chosen(of: file)
        let socket = AgentSetup(settings: file.settings).socket
        if let running = try await LocalAgent.find(socket) { return try await start(chosen, in: running) }
        let habit = AgentProcess.Habit.start(all || !names.isEmpty ? chosen.map(\.name) : nil)
        let view = AgentView(format: file.settings.logFormat, options.watching)
        try await AgentProcess(file: file, loader: loader, habit: habit, view: view).run()
    }

    private func chosen(of file: AgentFile) throws -> [EndpointSpec] {
        guard !file.specs.isEmpty else {
            throw AgentExit(
                code: 2,
                problem: "There is no endpoint to start: \(ConfigurationReport.names(file.paths)) names none.",
                nextStep: "Write one with: osm-agent config edit, or serve one with: osm-agent http 3000"
            )
        }
        let known = file.specs.map(\.name)
        for name in names where !known.contains(name) {
            let suggestion = Suggestion.nearest(to: name, among: known).map { "; did you mean '\($0)'?" } ?? ""
            throw AgentExit(
                code: 2,
                problem: "There is no endpoint '\(name)' in the configuration file\(suggestion)",
                nextStep: "It has: \(known.joined(separator: ", "))"
            )
        }
        return file.specs.filter { spec in names.isEmpty ? all || spec.enabled : names.contains(spec.name) }
    }

    /// Has the agent that runs start them, those that it knows and those that it does not.
    private func start(_ specs: [EndpointSpec], in agent: LocalAgent) async throws {
        let known = Set(try await agent.endpoints().map(\.name))
        for spec in specs {
            if known.contains(spec.name) {
                let listing = try await agent.setEnabled(true, spec.name)
                tell(spec.name, listing.status?.url)
            } else {
                tell(spec.name, try await agent.add(spec.enabled(true)).url)
            }
        }
    }

    private func tell(_ name: String, _ url: String?) {
        if let url { StandardStream.output.write("\(url)\n") }
        StandardStream.error.write("\(name) is started\(url == nil ? "; see: osm-agent list" : "")\n")
    }
}

/// `osm-agent run`.
struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run as a daemon: serve the configuration file and what was enabled before.",
        discussion: """
            Reads the configuration file again when it changes, and on SIGHUP. What is
            started, stopped or added while it runs comes back with its next start. It goes
            on when every endpoint is refused, and ends with an exit code of its own only
            when no edge will ever have this device (osm-agent --help lists them).

            Examples:
              osm-agent run
              osm-agent run -c /etc/osm-agent/config.yaml --log-format json
            """
    )

    @OptionGroup(title: "Agent options") var options: AgentOptions

    func run() async throws {
        let loader = options.loader
        let file = try loader.load()
        // A supervisor's console may be a terminal, but nobody sits there.
        let view = AgentView(format: file.settings.logFormat, options.watching, isLive: false)
        try await AgentProcess(file: file, loader: loader, habit: .daemon, view: view).run()
    }
}
