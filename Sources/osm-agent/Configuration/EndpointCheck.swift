import Agent
import Settings

/// What only the engine can judge of an endpoint.
enum EndpointCheck {
    /// What is wrong, at the setting that is to blame.
    static func problem(_ endpoint: FileEndpoint) -> SettingsProblem? {
        do {
            _ = try OriginTarget(endpoint.spec.target)
            return nil
        } catch {
            return SettingsProblem(endpoint.place(of: "target"), "target: \(error)")
        }
    }
}
