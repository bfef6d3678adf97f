import Agent

/// Everything that a unit or a property list says about one agent.
struct ServicePlan: Sendable, Equatable {
    let instance: ServiceInstance
    let places: ServicePlaces
    /// The program, by the path that stays when a new version takes its place.
    let executable: String
    var configuration: String
    /// That file, and the folder that is meant for it, unless every user may read them.
    var privateConfiguration: [String] = []
    var identity: String
    var socket: String
    /// Where the configuration has the log written, too.
    var logFile: String?
    /// What stands in ``ServicePlaces/variables``, for systems that do not read that file themselves.
    var variables: [String: String] = [:]
    /// How long the agent lets requests finish when it is told to stop.
    var grace = Duration.seconds(30)
    /// Under whose name a service of the machine runs where the system has no user for it.
    var owner: String?

    /// The command, word by word.
    var arguments: [String] {
        [executable, "run", "--config", configuration, "--identity", identity, "--socket", socket]
    }

    /// Seconds after which whoever told it to stop kills it.
    var stopSeconds: Int { Int((Lifecycle.patience(grace: grace) / .seconds(1)).rounded(.up)) }

    /// Folders that it writes to and that systemd does not make for it.
    var writableFolders: [String] {
        let own = [places.identity, Self.folder(of: places.socket)]
        let wanted = [identity, Self.folder(of: socket)] + [logFile].compactMap(\.self).map(Self.folder(of:))
        var folders: [String] = []
        for folder in wanted where !own.contains(folder) && !folders.contains(folder) { folders.append(folder) }
        return folders
    }

    /// Exit codes after which another attempt would bring the same until somebody has mended something.
    ///
    /// Those that time or a change of network may mend are not among them: a clock that is wrong at boot, a portal that
    /// opens TLS until one has logged in, an edge that is being repaired.
    static let permanentExits: [Int32] = [2, 20, 22, 23, 24, 25, 26, 28, 44, 46]

    /// - Throws: ``AgentExit`` for a path that no unit can hold.
    func checked() throws -> ServicePlan {
        let paths = [executable, configuration, identity, socket, logFile ?? ""]
        for path in paths where path.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            throw AgentExit(
                code: 2,
                problem: "A path of this service has a control character in it.",
                nextStep: "Choose other names for the program, its configuration, its identity and its socket."
            )
        }
        return self
    }

    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }
}
