/// Name and version of this program, as edges see it.
enum AgentVersion {
    static let text = "osm-agent/0.1.0"
}
