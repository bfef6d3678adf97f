import FoundationEssentials

/// systemd, that of the machine or that of a user.
struct SystemdKeeper: ServiceKeeper {
    let instance: ServiceInstance
    let places: ServicePlaces
    /// Zero when it could not be asked.
    let version: Int

    var title: String { "systemd" }
    private var isSystem: Bool { instance.scope == .system }
    private var scope: [String] { isSystem ? [] : ["--user"] }

    init(_ instance: ServiceInstance, on machine: ServiceMachine, version: Int) {
        self.instance = instance
        self.version = version
        places = .systemd(instance, machine.environment, user: machine.user)
    }

    /// The first number in the first line of `systemctl --version`.
    static func version(on machine: ServiceMachine) async -> Int {
        let outcome = await machine.run(HostCommand(words: ["systemctl", "--version"]))
        return outcome.output.split(whereSeparator: \.isWhitespace).lazy.compactMap { Int($0) }.first ?? 0
    }

    func definition(of plan: ServicePlan) -> String { SystemdUnit(plan: plan, version: version).text }

    func installation(of plan: ServicePlan) -> [ServiceStep] {
        var steps: [ServiceStep] = []
        if isSystem {
            let users = "/etc/sysusers.d/\(instance.label).conf"
            steps.append(.write(users, text: SystemdUnit.sysusers(instance), mode: 0o644))
            steps.append(.run("systemd-sysusers", users))
            if !plan.privateConfiguration.isEmpty {
                // It may hold secrets: the agent reads it, and others do not.
                let paths = plan.privateConfiguration
                steps.append(.run(HostCommand(words: ["chgrp", instance.label] + paths)))
                steps.append(.run(HostCommand(words: ["chmod", "g+rX"] + paths)))
            }
        }
        steps.append(.write(places.definition, text: definition(of: plan), mode: 0o644))
        steps.append(control("daemon-reload"))
        steps.append(control("enable", "--now", instance.unit, deadline: .seconds(90)))
        return steps
    }

    func removal() -> [ServiceStep] {
        [
            control("disable", "--now", instance.unit, deadline: Self.longestStop), .remove(places.definition),
            control("daemon-reload"),
            .attempt(HostCommand(words: ["systemctl"] + scope + ["reset-failed", instance.unit])),
        ]
    }

    func start() -> [ServiceStep] { [control("start", instance.unit, deadline: .seconds(90))] }
    func stop() -> [ServiceStep] { [control("stop", instance.unit, deadline: Self.longestStop)] }
    func restart() -> [ServiceStep] { [control("restart", instance.unit, deadline: Self.longestStop)] }

    private func control(_ words: String..., deadline: Duration = .seconds(30)) -> ServiceStep {
        .run(HostCommand(words: ["systemctl"] + scope + words, deadline: deadline))
    }

    func advice(asking machine: ServiceMachine) async -> String? {
        guard !isSystem else { return nil }
        let words = ["loginctl", "show-user", "\(machine.user)", "--property=Linger", "--value"]
        let outcome = await machine.run(HostCommand(words: words))
        guard outcome.output.split(whereSeparator: \.isNewline).first != "yes" else { return nil }
        return "It runs while you are logged in; to have it run from boot on: sudo loginctl enable-linger \"$USER\""
    }

    func lastLines(asking machine: ServiceMachine) async -> String {
        let words = ["journalctl"] + scope + ["--unit", instance.unit, "--lines=20", "--no-pager", "--output=cat"]
        return await machine.run(HostCommand(words: words)).output
    }
}

// MARK: What it says

extension SystemdKeeper {
    func status(asking machine: ServiceMachine) async -> ServiceStatus {
        let installed = machine.read(places.definition)
        let own: (String) -> String? = { key in installed.flatMap { SystemdUnit.own(key, in: $0) } }
        var status = placed(own, logs: (["journalctl"] + scope + ["-u", instance.label]).joined(separator: " "))
        let wanted = SystemdProperties.wanted.joined(separator: ",")
        let words = ["systemctl"] + scope + ["show", instance.unit, "--property=\(wanted)"]
        let outcome = await machine.run(HostCommand(words: words))
        guard outcome.isSuccess else {
            status.state = installed == nil ? .absent : .unknown
            return status
        }
        let properties = SystemdProperties(outcome.output)
        status.state = Self.state(properties, isInstalled: installed != nil)
        guard status.state != .absent else { return status }
        status.enabled = properties["UnitFileState"]?.hasPrefix("enabled") == true
        status.since = properties.time(status.isRunning ? "ActiveEnterTimestamp" : "InactiveEnterTimestamp")
        status.pid = properties["MainPID"].flatMap { Int32($0) }.flatMap { $0 > 0 ? $0 : nil }
        status.restarts = properties["NRestarts"].flatMap { Int($0) }
        if status.isRunning { status.says = properties["StatusText"] }
        if !status.isRunning, let result = properties["Result"], result != "success" { status.result = result }
        status.lastExit = await lastExit(machine)
        return status
    }

    private static func state(_ properties: SystemdProperties, isInstalled: Bool) -> ServiceStatus.State {
        guard isInstalled || properties["LoadState"] == "loaded" else { return .absent }
        return switch (properties["ActiveState"], properties["SubState"]) {
        case ("active"?, _): .running
        case ("reloading"?, _): .reloading
        case ("activating"?, let sub): sub?.hasPrefix("auto-restart") == true ? .restarting : .starting
        case ("deactivating"?, _): .stopping
        case ("failed"?, _): .failed
        case ("inactive"?, _): .stopped
        case (_, _): .unknown
        }
    }

    /// The journal's word on how a process of the unit ended last, which `systemctl show` forgets with the next start.
    private func lastExit(_ machine: ServiceMachine) async -> ServiceStatus.Exit? {
        let unit = (isSystem ? "UNIT=" : "USER_UNIT=") + instance.unit
        let words =
            ["journalctl"] + scope
            + ["--quiet", "--no-pager", "--output=json", "--lines=1", unit, "MESSAGE_ID=\(JournalExit.messageID)"]
        let outcome = await machine.run(HostCommand(words: words))
        guard outcome.isSuccess, !outcome.output.isEmpty else { return nil }
        do {
            return try JSONText.read(JournalExit.self, outcome.output.utf8).exit
        } catch {
            return nil
        }
    }
}
