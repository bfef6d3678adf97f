import AdminHTTP

/// The answer to `GET /v1/inspector`.
struct InspectorDocument: Codable, Equatable {
    /// What a person opens; the secret is in it.
    let url: String
}

extension LocalAPI {
    var inspector: AdminResponse {
        guard let url = actions.inspectorURL() else {
            return APIProblem(
                .noInspector,
                "This agent has no inspector: it is switched off, or none of its ports was free.",
                "Start the agent with --inspect true, and another --inspect-address if that one is taken."
            ).response
        }
        return Self.json(InspectorDocument(url: url))
    }
}
