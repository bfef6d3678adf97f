/// launchd, that of the machine or that of a user's session.
struct LaunchdKeeper: ServiceKeeper {
    let instance: ServiceInstance
    let places: ServicePlaces
    private let user: UInt32

    var title: String { "launchd" }
    private var domain: String { instance.scope == .system ? "system" : "gui/\(user)" }
    private var target: String { "\(domain)/\(instance.label)" }

    init(_ instance: ServiceInstance, on machine: ServiceMachine) {
        self.instance = instance
        user = machine.user
        places = .launchd(instance, machine.environment)
    }

    func definition(of plan: ServicePlan) -> String { LaunchdJob(plan: plan).text }

    func installation(of plan: ServicePlan) -> [ServiceStep] {
        var steps: [ServiceStep] = []
        if let owner = plan.owner {
            steps.append(.run("chown", owner, plan.identity))
        }
        // Variables may be secrets, and launchd reads what its owner alone may read.
        steps.append(.write(places.definition, text: definition(of: plan), mode: 0o600))
        return steps + start()
    }

    func removal() -> [ServiceStep] { [.attempt(launchctl("bootout", target)), .remove(places.definition)] }

    /// One that is known already is not made known again, and is started.
    func start() -> [ServiceStep] {
        [
            .run(launchctl("enable", target)), .attempt(launchctl("bootstrap", domain, places.definition)),
            .run(launchctl("kickstart", target)),
        ]
    }

    /// launchd starts again what merely ends, so that it has to forget the service.
    func stop() -> [ServiceStep] { [.run(launchctl("bootout", target))] }
    func restart() -> [ServiceStep] { [.run(launchctl("kickstart", "-k", target))] }

    private func launchctl(_ words: String...) -> HostCommand {
        HostCommand(words: ["launchctl"] + words, deadline: Self.longestStop)
    }

    func advice(asking machine: ServiceMachine) async -> String? {
        instance.scope == .system ? nil : "It runs while you are logged in."
    }

    func lastLines(asking machine: ServiceMachine) async -> String {
        guard let log = places.log else { return "" }
        return await machine.run(HostCommand(words: ["tail", "-n", "20", log])).output
    }

    func status(asking machine: ServiceMachine) async -> ServiceStatus {
        let flags = ["Configuration": "--config", "Identity": "--identity", "Socket": "--socket"]
        let installed = machine.read(places.definition)
        let own: (String) -> String? = { key in
            guard let flag = flags[key], let installed else { return nil }
            return LaunchdJob.argument(flag, in: installed)
        }
        var status = placed(own, logs: places.log ?? "")
        guard installed != nil else { return status }
        let outcome = await machine.run(launchctl("print", target))
        status.enabled = outcome.isSuccess
        status.state = .stopped
        guard outcome.isSuccess else { return status }
        let values = Self.values(outcome.output)
        status.state = values["state"] == "running" ? .running : .stopped
        status.pid = values["pid"].flatMap { Int32($0) }
        status.restarts = values["runs"].flatMap { Int($0) }.map { max(0, $0 - 1) }
        if let code = values["last exit code"].flatMap({ Int32($0.prefix { $0.isNumber }) }) {
            status.lastExit = ServiceStatus.Exit(code: code)
        }
        return status
    }

    /// The `name = value` lines of `launchctl print`, of which the first of a name counts.
    private static func values(_ text: String) -> [String: String] {
        var values: [String: String] = [:]
        for line in text.split(separator: "\n") {
            guard let range = line.firstRange(of: " = ") else { continue }
            let name = String(line[..<range.lowerBound].drop { $0.isWhitespace })
            if values[name] == nil { values[name] = String(line[range.upperBound...]) }
        }
        return values
    }
}
