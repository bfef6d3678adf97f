import Agent
import Settings

/// What is different between two configurations.
struct ConfigurationChange: Sendable, Equatable {
    /// Settings that a running agent takes.
    let live: [String]
    /// Settings that it takes at its next start.
    let waiting: [String]
    /// The names of endpoints that are new, gone or described in another way.
    let endpoints: [String]

    init(from before: AgentFile, to after: AgentFile) {
        let changed = AgentSettings.table.differences(before.settings, after.settings)
        live = changed.filter { $0.change == .live }.map(\.key)
        waiting = changed.filter { $0.change == .restart }.map(\.key)
        let gone = before.specs.filter { spec in !after.specs.contains { $0.name == spec.name } }
        endpoints = (gone + after.specs.filter { !before.specs.contains($0) }).map(\.name)
    }

    var isNothing: Bool { live.isEmpty && waiting.isEmpty && endpoints.isEmpty }
}

extension AgentFile {
    /// The same with the settings that a running agent cannot take as they were.
    func keepingWaiting(of before: AgentFile) -> AgentFile {
        let waiting = AgentSettings.table.settings.filter { $0.change == .restart }
        return AgentFile(
            paths: paths,
            resolution: resolution.keeping(waiting, of: before.resolution),
            endpoints: endpoints
        )
    }
}
