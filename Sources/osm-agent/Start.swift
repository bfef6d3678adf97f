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

    func chosen(of file: AgentFile) throws -> [EndpointSpec] {
        let known = file.specs.map(\.name)
        guard !known.isEmpty else {
            let names = ConfigurationReport.names(file.paths)
            throw AgentExit(
                code: 2,
                problem: "There is no endpoint to start: \(names)\(file.paths.isEmpty ? "" : " names none").",
                nextStep: "Write one with: osm-agent config edit, or serve one with: osm-agent http 3000"
            )
        }
        for name in names where !known.contains(name) {
            let suggestion = Suggestion.nearest(to: name, among: known).map { "; did you mean '\($0)'?" } ?? ""
            throw AgentExit(
                code: 2,
                problem: "There is no endpoint '\(name)' in the configuration file\(suggestion)",
                nextStep: "It has: \(known.joined(separator: ", "))"
            )
        }
        let chosen = file.specs.filter { spec in names.isEmpty ? all || spec.enabled : names.contains(spec.name) }
        guard !chosen.isEmpty else {
            throw AgentExit(
                code: 2,
                problem: "No endpoint of the configuration file is enabled.",
                nextStep: "Name those to start, or use --all. There are: \(known.joined(separator: ", "))"
            )
        }
        return chosen
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
            Reads the configuration file again when it changes, and on SIGHUP, which also
            opens log_file again after it was moved away. Without a file and without anything
            that was enabled before it says so, and waits for endpoints. What is started, stopped or added while it runs comes back with its next start. It goes
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
