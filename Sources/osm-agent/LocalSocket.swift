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
            return AgentSetup(settings: try loader.load().settings).socket
        } catch {
            return environment["OSM_AGENT_SOCKET"] ?? Self.standardPath
        }
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
