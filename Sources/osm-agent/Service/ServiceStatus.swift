import Settings

/// How a service is, for people and for programs.
struct ServiceStatus: Sendable, Equatable, Encodable {
    enum State: String, Sendable, Encodable {
        case absent, stopped, starting, running, reloading, restarting, stopping, failed, unknown
    }

    struct Exit: Sendable, Equatable, Encodable {
        /// When, as the journal has it.
        var at: String?
        /// The exit code; nil when a signal ended it.
        var code: Int32?
        /// The signal without its `SIG`.
        var signal: String?
    }

    let service: String
    let scope: ServiceInstance.Scope
    var state = State.absent
    /// Whether it starts by itself.
    var enabled = false
    /// Since when it is in that state.
    var since: String?
    var pid: Int32?
    /// How the last process ended, when one did.
    var lastExit: Exit?
    /// How often it was started again by itself since somebody started it.
    var restarts: Int?
    /// Why it does not run any more, in the words of the system.
    var result: String?
    /// The line in which the agent says how it is.
    var says: String?
    let definition: String
    let configuration: String
    let identity: String
    let socket: String
    /// The command that shows the log, or the file that it is in.
    let logs: String

    var isRunning: Bool { state == .running || state == .reloading }

    private enum CodingKeys: String, CodingKey {
        case service, scope, state, enabled, since, pid, restarts, result, says, definition, configuration, identity
        case socket, logs
        case lastExit = "last_exit"
    }

    var text: String {
        var rows = [("service", "\(service) (\(scope.rawValue))\(enabled ? ", starts by itself" : "")")]
        rows.append(("state", state.rawValue + (since.map { " since \($0)" } ?? "")))
        if let pid { rows.append(("pid", "\(pid)")) }
        if let says { rows.append(("says", says)) }
        if let lastExit { rows.append(("last exit", lastExit.sentence)) }
        if let restarts, restarts > 0 { rows.append(("restarts", "\(restarts)")) }
        if let result { rows.append(("result", result)) }
        rows += [
            (state == .absent ? "not there" : "definition", definition), ("config", configuration),
            ("identity", identity), ("socket", socket), ("logs", logs),
        ]
        return rows.map { name, text in
            name + String(repeating: " ", count: max(1, 12 - name.count)) + TerminalText.escaped(text) + "\n"
        }.joined()
    }
}

extension ServiceStatus.Exit {
    fileprivate var sentence: String {
        let how = code.map { "code \($0)" } ?? signal.map { "killed by SIG\($0)" } ?? "in an unknown way"
        return how + (at.map { ", \($0)" } ?? "")
    }
}
