import FoundationEssentials

/// Where everything of one service is, unless its configuration says otherwise.
struct ServicePlaces: Sendable, Equatable {
    /// The unit or property list that the system reads.
    let definition: String
    let configuration: String
    /// The folder with the device's key and with what the agent remembers.
    let identity: String
    let socket: String
    /// Variables for the agent, one `NAME=value` a line; need not be there.
    let variables: String
    /// Where the log is written; nil where the system keeps it.
    let log: String?

    /// Where the first service of a machine answers, for systemd's machines.
    static let systemSocket = "/run/osm-agent/agent.sock"

    /// Places as systemd's own directives have them, and as the XDG base directory specification has them for users.
    static func systemd(_ instance: ServiceInstance, _ environment: [String: String], user: UInt32) -> ServicePlaces {
        let label = instance.label
        switch instance.scope {
        case .system:
            return ServicePlaces(
                definition: "/etc/systemd/system/\(instance.unit)",
                configuration: "/etc/\(label)/config.yaml",
                identity: "/var/lib/\(label)",
                socket: "/run/\(label)/agent.sock",
                variables: "/etc/\(label)/environment",
                log: nil
            )
        case .user:
            let home = environment["HOME"] ?? "/"
            let configuration = absolute(environment["XDG_CONFIG_HOME"]) ?? "\(home)/.config"
            let state = absolute(environment["XDG_STATE_HOME"]) ?? "\(home)/.local/state"
            let runtime = absolute(environment["XDG_RUNTIME_DIR"]) ?? "/run/user/\(user)"
            return ServicePlaces(
                definition: "\(configuration)/systemd/user/\(instance.unit)",
                configuration: "\(configuration)/\(label)/config.yaml",
                identity: "\(state)/\(label)",
                socket: "\(runtime)/\(label).sock",
                variables: "\(configuration)/\(label)/environment",
                log: nil
            )
        }
    }

    /// Places in the Library of the machine or of the user.
    static func launchd(_ instance: ServiceInstance, _ environment: [String: String]) -> ServicePlaces {
        let label = instance.label
        let home = environment["HOME"] ?? "/"
        let library = instance.scope == .system ? "/Library" : "\(home)/Library"
        let folder = "\(library)/Application Support/\(label)"
        let kind = instance.scope == .system ? "LaunchDaemons" : "LaunchAgents"
        return ServicePlaces(
            definition: "\(library)/\(kind)/\(label).plist",
            configuration: "\(folder)/config.yaml",
            identity: folder,
            socket: "\(folder)/agent.sock",
            variables: "\(folder)/environment",
            log: "\(library)/Logs/\(label).log"
        )
    }

    private static func absolute(_ path: String?) -> String? { path.flatMap { $0.hasPrefix("/") ? $0 : nil } }
}
