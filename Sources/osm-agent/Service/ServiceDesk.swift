import Agent
import FoundationEssentials

/// What the commands for one service do.
struct ServiceDesk {
    /// What can be done to a service that is installed; the words are those of the commands.
    enum Change: String { case start, stop, restart }

    let keeper: any ServiceKeeper
    let machine: ServiceMachine

    /// How long an agent that was started may take until it answers on its socket.
    private static let patience = Duration.seconds(20)

    private var instance: ServiceInstance { keeper.instance }
    private var installed: String? { machine.read(keeper.places.definition) }

    // MARK: Commands

    /// Installs and starts it, and waits until it answers.
    ///
    /// - Throws: ``AgentExit`` when there is another one of that name, and when it does not run in the end.
    func install(_ plan: ServicePlan) async throws -> ServiceStatus {
        if let installed {
            guard installed == keeper.definition(of: plan) else { throw otherInstalled }
            machine.say("\(instance.label) is installed already, and just like this.")
        }
        try await perform(keeper.installation(of: plan))
        let status = try await settled()
        if let advice = await keeper.advice(asking: machine) { machine.say(advice) }
        return status
    }

    /// Ends it and removes its definition; says what stays.
    func uninstall() async throws {
        try requireInstalled()
        let status = await keeper.status(asking: machine)
        try await perform(keeper.removal())
        machine.say(
            """
            \(instance.label) is no service any more. What stays:
              configuration  \(status.configuration)
              identity       \(status.identity)
            """
        )
    }

    /// Starts it, stops it or both; one that is to run is waited for until it answers.
    func make(_ change: Change) async throws -> ServiceStatus {
        try requireInstalled()
        switch change {
        case .start: try await perform(keeper.start())
        case .restart: try await perform(keeper.restart())
        case .stop:
            try await perform(keeper.stop())
            return await keeper.status(asking: machine)
        }
        return try await settled()
    }

    func status() async -> ServiceStatus { await keeper.status(asking: machine) }

    /// What installing would do, for a person.
    func preview(_ steps: [ServiceStep]) -> String { steps.map { $0.description + "\n" }.joined() }

    // MARK: Steps

    private func perform(_ steps: [ServiceStep]) async throws {
        for step in steps {
            switch step {
            case .write(let path, let text, let mode):
                guard machine.read(path) != text else { continue }
                try onFiles(path) { try machine.write(path, text, mode) }
            case .remove(let path): try onFiles(path) { try machine.remove(path) }
            case .attempt(let command): _ = await machine.run(command)
            case .run(let command):
                let outcome = await machine.run(command)
                guard outcome.isSuccess else { throw await failure(of: command, outcome) }
            }
        }
    }

    private func onFiles(_ path: String, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch {
            throw AgentExit(
                code: 1,
                problem: "\(path) cannot be written or removed.",
                nextStep: "Is the disk full or read-only? What was done before that stays; the command can be repeated."
            )
        }
    }

    /// Waits until the agent answers, or is known not to run.
    private func settled() async throws -> ServiceStatus {
        let end = ContinuousClock.now + Self.patience
        while true {
            let status = await keeper.status(asking: machine)
            if status.isRunning, await machine.isAnswering(status.socket) { return status }
            guard ContinuousClock.now < end, status.state != .failed else { throw await notRunning(status) }
            try await Task.sleep(for: .milliseconds(200))  // no system tells by itself when a socket answers
        }
    }
}

// MARK: Refusals

extension ServiceDesk {
    private func requireInstalled() throws {
        guard installed == nil else { return }
        throw AgentExit(
            code: 1,
            problem: "There is no service \(instance.label) here: \(keeper.places.definition) does not exist.",
            nextStep: "Make it one with: osm-agent service install\(instance.flags)"
        )
    }

    private var otherInstalled: AgentExit {
        AgentExit(
            code: 1,
            problem: "A service \(instance.label) is installed already, with other settings than these.",
            nextStep: """
                Compare: osm-agent service print\(instance.flags) | diff \(keeper.places.definition) - . To replace it: \
                osm-agent service uninstall\(instance.flags), and install it again; or give this one a --name.
                """
        )
    }

    private func failure(of command: HostCommand, _ outcome: HostCommand.Outcome) async -> AgentExit {
        let what: String
        switch outcome.ending {
        case .exited(let code): what = "ended with \(code)"
        case .killed: what = "was killed"
        case .timedOut: what = "took too long and was ended"
        case .notStarted: what = "could not be started"
        }
        let said = outcome.errors.split(whereSeparator: \.isNewline).prefix(6).map { "  \($0)\n" }.joined()
        let log = await log
        machine.say("\(command.text) \(what)\n\(said)\(log)")
        let isUnreachable = outcome.errors.contains("connect to") && instance.scope == .user
        return AgentExit(
            code: 1,
            problem: "The service \(instance.label) is not as it should be: '\(command.text)' \(what).",
            nextStep: isUnreachable
                ? "This session has no \(keeper.title): log in by ssh or machinectl shell, not by su or sudo."
                : "See: osm-agent service status\(instance.flags)"
        )
    }

    private func notRunning(_ status: ServiceStatus) async -> AgentExit {
        machine.say(await log)
        return AgentExit(
            code: 1,
            problem: "The service \(instance.label) does not answer: it is \(status.state.rawValue).",
            nextStep: "Mend what its log says (\(status.logs)), and: osm-agent service start\(instance.flags)"
        )
    }

    private var log: String {
        get async {
            let lines = await keeper.lastLines(asking: machine)
            return lines.isEmpty ? "There is no log." : "The end of its log:\n" + lines
        }
    }
}
