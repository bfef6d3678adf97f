import Agent
import FoundationEssentials
import Logging
import Settings

/// Makes a plan out of what a person said and what the configuration says, and finds what would keep the agent from starting.
struct ServiceDraft {
    let instance: ServiceInstance
    let places: ServicePlaces
    /// The program as it was called.
    let executable: String
    /// The configuration file that was named, if one was.
    let named: String?
    let machine: ServiceMachine

    private var configuration: String { named ?? places.configuration }

    /// What the service will see: not the variables of whoever installs it, but those of its own file.
    private var environment: [String: String] {
        var environment = machine.read(places.variables).map(VariablesFile.variables) ?? [:]
        environment["HOME"] = instance.scope == .user ? machine.environment["HOME"] : places.identity
        return environment
    }

    private var loader: AgentFileLoader {
        AgentFileLoader(
            search: ConfigurationSearch(named: [configuration], environment: [:]),
            environment: environment,
            currentFolder: "/"
        )
    }

    /// For looking at: what cannot be read counts as if it said nothing.
    func rough() throws -> ServicePlan {
        do {
            return try plan(for: try loader.load().settings).checked()
        } catch is SettingsProblems {
            return try plan(for: AgentSettings()).checked()
        }
    }

    /// For installing.
    ///
    /// - Throws: What is wrong with the configuration, the identity or the program.
    func checked() throws -> ServicePlan {
        guard !SmallFile.isAbsent(configuration) else {
            throw AgentExit(
                code: 2,
                problem: "There is no configuration file \(configuration), and a service needs one.",
                nextStep: """
                    Write it with: \(sudo)osm-agent config edit -c \(ShellWord.quoted(configuration)), or name \
                    another one with --config.
                    """
            )
        }
        let problems = ConfigurationCheck.problems(loader)
        guard problems.isEmpty else { throw SettingsProblems(problems) }
        let settings = try loader.load().settings
        let plan = try plan(for: settings).checked()
        try checkIdentity(plan, settings)
        try checkExecutable()
        return plan
    }

    private var sudo: String { instance.scope == .system ? "sudo " : "" }

    private func plan(for settings: AgentSettings) -> ServicePlan {
        var plan = ServicePlan(
            instance: instance,
            places: places,
            executable: executable,
            configuration: configuration,
            identity: settings.identity ?? places.identity,
            socket: settings.socket ?? places.socket
        )
        let folder = ServicePlan.folder(of: configuration)
        let isOwn = folder == ServicePlan.folder(of: places.configuration)
        plan.privateConfiguration = ((isOwn ? [folder] : []) + [configuration]).filter { path in
            machine.mode(path).map { $0 & 0o004 == 0 } ?? true
        }
        plan.logFile = settings.logFile
        plan.variables = environment.filter { $0.key != "HOME" }
        plan.grace = settings.gracePeriod
        if instance.scope == .system { plan.owner = machine.environment["SUDO_USER"] }
        return plan
    }

    /// What the agent would find out at its start, found out before.
    private func checkIdentity(_ plan: ServicePlan, _ settings: AgentSettings) throws {
        var settings = settings
        settings.identity = plan.identity
        let quiet = Logger(label: "osm-agent") { _ in SwiftLogNoOpLogHandler() }
        _ = try AgentService(configuration: try AgentSetup(settings: settings).configuration(), pid: 0, logger: quiet)
    }

    /// A service of the machine runs under a user of its own, which has to get at the program.
    private func checkExecutable() throws {
        guard instance.scope == .system else { return }
        // What lies in a folder for temporary files is not there for a service that has its own.
        let isTemporary = ["/tmp/", "/var/tmp/"].contains { executable.hasPrefix($0) }
        var path = executable
        var isOpen = !isTemporary
        while isOpen, path.count > 1 {
            isOpen = machine.mode(path).map { $0 & 0o001 != 0 } ?? false
            path = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        }
        guard !isOpen else { return }
        throw AgentExit(
            code: 1,
            problem: "The program \(executable) cannot be run by a service: it lies where other users do not get.",
            nextStep: """
                Copy it first: sudo install -m 755 \(ShellWord.quoted(executable)) /usr/local/bin/osm-agent, and \
                install the service with that one.
                """
        )
    }
}

extension ServiceDraft {
    /// The program by the path by which it was called, so that what takes its place there is what runs next.
    ///
    /// - Parameters:
    ///   - word: The first word of the command line.
    ///   - environment: Where `PATH` is.
    ///   - currentFolder: Where a relative path begins.
    ///   - isProgram: Whether there is one with that path.
    /// - Returns: Nil when no folder of `PATH` has it.
    static func executable(
        _ word: String,
        _ environment: [String: String],
        currentFolder: String,
        isProgram: (String) -> Bool
    ) -> String? {
        guard !word.hasPrefix("/") else { return word }
        if word.contains("/") {
            let path = word.hasPrefix("./") ? word.dropFirst(2) : word[...]
            return "\(currentFolder == "/" ? "" : currentFolder)/\(path)"
        }
        let folders = (environment["PATH"] ?? "").split(separator: ":").filter { $0.hasPrefix("/") }
        return folders.map { "\($0)/\(word)" }.first(where: isProgram)
    }
}
