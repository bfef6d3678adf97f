import FoundationEssentials
import NIOPosix
import Settings

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// What a command may do to the machine that it runs on.
struct ServiceMachine: Sendable {
    let environment: [String: String]
    /// Who runs the command.
    let user: UInt32
    var run: @Sendable (HostCommand) async -> HostCommand.Outcome
    var read: @Sendable (_ path: String) -> String?
    /// The permission bits of what a path leads to; nil when nothing is there.
    var mode: @Sendable (_ path: String) -> Int?
    var write: @Sendable (_ path: String, _ text: String, _ mode: Int) throws -> Void
    var remove: @Sendable (_ path: String) throws -> Void
    /// Whether an agent answers on the socket.
    var isAnswering: @Sendable (_ socket: String) async -> Bool
    /// Tells a person something.
    var say: @Sendable (String) -> Void

    var isRoot: Bool { user == 0 }

    /// A definition is a page long.
    private static let longestFile = 64 * 1024

    /// This one.
    static func here(say: @escaping @Sendable (String) -> Void) -> ServiceMachine {
        ServiceMachine(
            environment: ProcessInfo.processInfo.environment,
            user: geteuid(),
            run: { command in
                do {
                    return try await NIOThreadPool.singleton.runIfActive { command.run() }
                } catch {
                    return HostCommand.Outcome(ending: .notStarted(ECANCELED))
                }
            },
            read: { path in
                do throws(SettingRefusal) {
                    return String(decoding: try SmallFile.bytes(of: path, limit: longestFile), as: UTF8.self)
                } catch {
                    return nil
                }
            },
            mode: mode,
            write: { path, text, mode in
                let folder = URL(filePath: path).deletingLastPathComponent().path
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                try PrivateFile.replace(path, Array(text.utf8), mode: mode)
            },
            remove: { try FileManager.default.removeItem(atPath: $0) },
            isAnswering: LocalAgent.isRunning(socket:),
            say: say
        )
    }

    private static func mode(_ path: String) -> Int? {
        do {
            let target = URL(filePath: path).resolvingSymlinksInPath().path
            let bits = try FileManager.default.attributesOfItem(atPath: target)[.posixPermissions]
            return bits as? Int ?? (bits as? any BinaryInteger).map { Int(clamping: $0) }
        } catch {
            return nil
        }
    }
}
