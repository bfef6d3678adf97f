/// What the process that started this one wants to be told, as sd_notify(3) and sd_watchdog_enabled(3) have it.
struct SupervisorWishes: Sendable, Equatable {
    /// Where it listens; a name that begins with `@` is one without a file.
    let socket: String
    /// How often the process has to show that it lives; nil when nobody waits for that.
    let heartbeat: Duration?

    /// The variables that say so, which are not meant for the children of this process.
    static let variables = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]

    /// - Returns: Nil when nobody wants to know.
    init?(_ environment: [String: String], pid: Int32) {
        guard let socket = environment["NOTIFY_SOCKET"], socket.count > 1 else { return nil }
        guard socket.hasPrefix("/") || socket.hasPrefix("@") else { return nil }
        self.socket = socket
        heartbeat = Self.heartbeat(environment, pid: pid)
    }

    /// Half of the time after which the supervisor gives up.
    private static func heartbeat(_ environment: [String: String], pid: Int32) -> Duration? {
        if let wanted = environment["WATCHDOG_PID"], wanted != "\(pid)" { return nil }
        guard let text = environment["WATCHDOG_USEC"], let patience = Int64(text), patience > 1 else { return nil }
        return .microseconds(patience / 2)
    }
}
