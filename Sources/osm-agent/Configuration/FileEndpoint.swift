import Agent
import Settings

/// An endpoint that a file describes, checked, and where each of its settings stands.
struct FileEndpoint: Sendable {
    let spec: EndpointSpec
    let place: SettingsProblem.Place
    /// By key, what the file says; everything else is by default.
    let places: [String: SettingsProblem.Place]

    func place(of key: String) -> SettingsProblem.Place { places[key] ?? place }
}
