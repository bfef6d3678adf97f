import ArgumentParser
import FoundationEssentials

/// Where a running agent answers the commands of the same user.
struct LocalSocket: ParsableArguments {
    @Option(help: ArgumentHelp("The socket file of the running agent.", valueName: "path"))
    var socket = Self.standardPath

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
