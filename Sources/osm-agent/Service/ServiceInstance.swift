import Agent

/// Which agent a service runs: whose it is, and which of several.
struct ServiceInstance: Sendable, Equatable {
    /// Who starts it, and when.
    enum Scope: String, Sendable, Codable {
        /// The machine, when it starts.
        case system
        /// One user's session, when that user logs in.
        case user
    }

    let scope: Scope
    /// Nil for the one that most machines have.
    let name: String?

    /// What unit, folders and system user are called.
    var label: String { name.map { "\(Self.program)-\($0)" } ?? Self.program }
    var unit: String { "\(label).service" }

    /// The flags that choose it, for commands that a person is told of.
    var flags: String { (scope == .user ? " --user" : "") + (name.map { " --name \($0)" } ?? "") }

    private static let program = "osm-agent"
    /// With the program's name before it, a user's name that every system takes.
    private static let longestName = 20

    /// - Throws: ``AgentExit`` for a name that cannot be part of a file's and a user's name.
    init(scope: Scope, name: String?) throws {
        if let name, !Self.isFitting(name) {
            throw AgentExit(
                code: 2,
                problem: "'\(name)' is no name for a service.",
                nextStep: "Use up to \(Self.longestName) of a-z, 0-9 and -, the first and the last no -."
            )
        }
        self.scope = scope
        self.name = name
    }

    private static func isFitting(_ name: String) -> Bool {
        let characters = name.utf8
        return (1...longestName).contains(characters.count)
            && characters.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
            && !name.hasPrefix("-") && !name.hasSuffix("-")
    }
}
