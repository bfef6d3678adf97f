/// What `systemctl show` says of a unit, line by line.
struct SystemdProperties: Sendable, Equatable {
    private let values: [String: String]

    /// What is asked for.
    static let wanted = [
        "LoadState", "ActiveState", "SubState", "UnitFileState", "ActiveEnterTimestamp", "InactiveEnterTimestamp",
        "MainPID", "NRestarts", "StatusText", "Result",
    ]

    init(_ text: String) {
        var values: [String: String] = [:]
        for line in text.split(separator: "\n") {
            guard let equals = line.firstIndex(of: "=") else { continue }
            values[String(line[..<equals])] = String(line[line.index(after: equals)...])
        }
        self.values = values
    }

    /// Nil for what is empty, too.
    subscript(key: String) -> String? { values[key].flatMap { $0.isEmpty ? nil : $0 } }

    /// A time such as `Sat 2026-11-21 21:30:53 UTC` as `2026-11-21T21:30:53Z`; nil for none, and for one of another zone.
    func time(_ key: String) -> String? {
        let words = self[key]?.split(separator: " ") ?? []
        guard words.count == 4, words[3] == "UTC" else { return nil }
        return "\(words[1])T\(words[2])Z"
    }
}
