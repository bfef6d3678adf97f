import FoundationEssentials

/// What the journal keeps of a process that ended.
struct JournalExit: Decodable {
    /// `SD_MESSAGE_UNIT_PROCESS_EXIT` of sd-messages.h.
    static let messageID = "98e322203f7a4ed290d09fe03c09fe15"

    /// Microseconds since 1970.
    let time: String?
    /// `exited`, `killed` or `dumped`.
    let how: String?
    let number: String?

    private enum CodingKeys: String, CodingKey {
        case time = "__REALTIME_TIMESTAMP"
        case how = "EXIT_CODE"
        case number = "EXIT_STATUS"
    }

    var exit: ServiceStatus.Exit? {
        guard let how, let number, let value = Int32(number) else { return nil }
        var exit = ServiceStatus.Exit()
        if how == "exited" { exit.code = value } else { exit.signal = Self.signals[value] ?? number }
        if let time, let microseconds = Double(time) {
            exit.at = Date(timeIntervalSince1970: (microseconds / 1_000_000).rounded(.down)).formatted(.iso8601)
        }
        return exit
    }

    /// Those that are the same number on every system.
    private static let signals: [Int32: String] = [
        1: "HUP", 2: "INT", 3: "QUIT", 4: "ILL", 5: "TRAP", 6: "ABRT", 8: "FPE", 9: "KILL", 11: "SEGV", 13: "PIPE",
        15: "TERM",
    ]
}
