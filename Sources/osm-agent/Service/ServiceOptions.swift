import Agent
import ArgumentParser
import FoundationEssentials
import Telemetry

/// Which service a command is about.
struct ServiceOptions: ParsableArguments {
    @Flag(help: "The service of this user, which runs while the user is logged in, in place of the machine's.")
    var user = false

    @Option(help: ArgumentHelp("Which one, where there are several: a word of a-z, 0-9 and -.", valueName: "name"))
    var name: String?

    /// The service, and who keeps it on this machine.
    ///
    /// - Parameter isForLooking: Whether a unit is of use here that no systemd will read.
    /// - Returns: What the commands do there.
    /// - Throws: ``AgentExit`` when nobody does.
    func desk(isForLooking: Bool = false) async throws -> ServiceDesk {
        let machine = ServiceMachine.here { StandardStream.error.write($0.hasSuffix("\n") ? $0 : $0 + "\n") }
        let instance = try ServiceInstance(scope: user ? .user : .system, name: name)
        let facts = HostFacts.here()
        switch facts.supervision {
        case .systemd: return ServiceDesk(keeper: await systemd(instance, machine), machine: machine)
        case .launchd: return ServiceDesk(keeper: LaunchdKeeper(instance, on: machine), machine: machine)
        case .none:
            guard !isForLooking else {
                return ServiceDesk(keeper: await systemd(instance, machine), machine: machine)
            }
            let file = ServicePlaces.systemd(instance, machine.environment, user: machine.user).configuration
            throw facts.refusal(command: "osm-agent run --config \(ShellWord.quoted(file))")
        }
    }

    private func systemd(_ instance: ServiceInstance, _ machine: ServiceMachine) async -> SystemdKeeper {
        SystemdKeeper(instance, on: machine, version: await SystemdKeeper.version(on: machine))
    }

    /// The same, for commands that change something.
    ///
    /// - Throws: ``AgentExit`` also when this user may not.
    func desk(changing verb: String) async throws -> ServiceDesk {
        let desk = try await desk()
        let command = "osm-agent service \(verb)"
        let name = name.map { " --name \($0)" } ?? ""
        if !user, !desk.machine.isRoot {
            throw AgentExit(
                code: 1,
                problem: "A service of the machine is root's to change.",
                nextStep: "Use: sudo \(command)\(name), or have one of your own: \(command) --user\(name)"
            )
        }
        if user, desk.machine.isRoot, let person = desk.machine.environment["SUDO_USER"], person != "root" {
            throw AgentExit(
                code: 1,
                problem: "With sudo, --user would mean a service of root.",
                nextStep: "Use it as \(person), without sudo: \(command) --user\(name)"
            )
        }
        return desk
    }
}

/// What a service is to be like.
struct ServiceDraftOptions: ParsableArguments {
    @Option(
        name: [.customShort("c"), .customLong("config")],
        help: ArgumentHelp(
            "The configuration file; by default the one of the service (see: osm-agent service --help).",
            valueName: "file"
        )
    )
    var config: String?

    func draft(for desk: ServiceDesk) throws -> ServiceDraft {
        let files = FileManager.default
        let word = CommandLine.arguments.first ?? "osm-agent"
        let executable = ServiceDraft.executable(
            word,
            desk.machine.environment,
            currentFolder: files.currentDirectoryPath,
            isProgram: files.isExecutableFile(atPath:)
        )
        guard let executable else {
            throw AgentExit(
                code: 1,
                problem: "Where this program is cannot be told: '\(word)' is not on the PATH.",
                nextStep: "Call it by its path, such as /usr/local/bin/osm-agent."
            )
        }
        return ServiceDraft(
            instance: desk.keeper.instance,
            places: desk.keeper.places,
            executable: executable,
            named: config.map(FilePaths.here.resolved),
            machine: desk.machine
        )
    }
}
