import ArgumentParser
import FoundationEssentials
import Settings

/// Where a running agent answers the commands of the same user.
struct LocalSocket: ParsableArguments {
    @Option(
        name: .customLong("socket"),
        help: ArgumentHelp("The socket file of the running agent; by default as it is configured.", valueName: "file")
    )
    var named: String?

    /// The socket as flag, environment and configuration file say; a file that is wrong is no reason not to ask.
    var socket: String {
        if let named { return named }
        let environment = ProcessInfo.processInfo.environment
        let loader = AgentFileLoader(
            search: ConfigurationSearch(named: [], environment: environment),
            environment: environment,
            currentFolder: FileManager.default.currentDirectoryPath
        )
        do throws(SettingsProblems) {
            return try loader.load().settings.socket ?? Self.usual
        } catch {
            return environment["OSM_AGENT_SOCKET"] ?? Self.usual
        }
    }

    /// Where an agent of this user would answer; or else the service of the machine, where there is one.
    private static var usual: String {
        let service = ServicePlaces.systemSocket
        return SmallFile.isAbsent(standardPath) && !SmallFile.isAbsent(service) ? service : standardPath
    }

    static var standardPath: String {
        let environment = ProcessInfo.processInfo.environment
        if let runtime = environment["XDG_RUNTIME_DIR"], runtime.hasPrefix("/") { return "\(runtime)/osm-agent.sock" }
        return "\(IdentityFolder.standardPath)/agent.sock"
    }

    /// The path, once its folder is there.
    static func prepared(_ socket: String) throws -> String {
        let folder = URL(filePath: socket).deletingLastPathComponent().path
        if !FileManager.default.fileExists(atPath: folder) { try PrivateFolder.prepare(folder) }
        return socket
    }
}
