import Agent
import Settings

/// A configuration as people and machines read it; nothing in it is a secret.
struct ConfigurationReport: Encodable {
    struct Row: Encodable {
        let key: String
        /// The words of the value: none, one, or for a list all of them.
        let value: [String]
        let source: String
    }

    struct Endpoint: Encodable {
        let name: String
        let source: String
        let settings: [Row]
    }

    let files: [String]
    let settings: [Row]
    let endpoints: [Endpoint]

    /// What counts of the settings whose default depends on whose agent it is.
    static var usualPlaces: [String: String] {
        ["identity": IdentityFolder.standardPath, "socket": LocalSocket.standardPath]
    }

    /// - Parameters:
    ///   - file: The configuration.
    ///   - places: By their keys, what counts of settings without a word.
    init(_ file: AgentFile, places: [String: String] = [:]) {
        files = file.paths
        settings = AgentSettings.table.settings.map { setting in
            let source = file.resolution.sources[setting.key] ?? .byDefault
            let written = setting.words(file.settings)
            let words = written.isEmpty ? places[setting.key].map { [$0] } ?? [] : written
            return Row(key: setting.key, value: words, source: source.description)
        }
        endpoints = file.endpoints.map { endpoint in
            Endpoint(
                name: endpoint.spec.name,
                source: endpoint.place.description,
                settings: Self.rows(endpoint)
            )
        }
    }

    /// What the file says, and what counts without a word of it.
    private static func rows(_ endpoint: FileEndpoint) -> [Row] {
        EndpointTable.table.settings.compactMap { setting in
            guard EndpointTable.kinds(setting.key).contains(endpoint.spec.kind), setting.key != "name" else {
                return nil
            }
            let place = endpoint.places[setting.key]
            let words = setting.words(endpoint.spec)
            guard place != nil || !words.isEmpty else { return nil }
            let shown = setting.key == "request_headers.add" ? words.map(withoutValue) : words
            return Row(key: setting.key, value: shown, source: place?.description ?? "default")
        }
    }

    /// The field of a request may be an API key.
    private static func withoutValue(_ field: String) -> String {
        "\(field.prefix { $0 != ":" }): (hidden)"
    }

    /// One line a setting: key, value, and whose word it is.
    var text: String {
        var lines = ["# \(Self.names(files))", "agent:"]
        lines += settings.map { Self.line($0, indent: "  ") }
        lines.append("endpoints:\(endpoints.isEmpty ? "  # none" : "")")
        for endpoint in endpoints {
            lines.append("  - name: \(endpoint.name)  # \(endpoint.source)")
            lines += endpoint.settings.map { Self.line($0, indent: "    ") }
        }
        return lines.map { TerminalText.escaped($0, limit: 64 * 1024) + "\n" }.joined()
    }

    private static func line(_ row: Row, indent: String) -> String {
        "\(indent)\(row.key): \(row.value.joined(separator: ", "))  # \(row.source)"
    }

    static func names(_ paths: [String]) -> String {
        paths.isEmpty ? "there is no configuration file" : paths.joined(separator: ", ")
    }
}
