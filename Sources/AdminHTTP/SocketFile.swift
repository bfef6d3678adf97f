import FoundationEssentials
import NIOCore
import NIOPosix

/// The file of a Unix socket: only its owner can open it, from the first moment on.
///
/// The socket is bound in a new folder that nobody else can enter, gets its mode there and is then moved to its place.
/// A socket file that a dead process left behind is removed; one that answers, and a file that is no socket, are not.
struct SocketFile {
    let path: String
    let bindingPath: String
    private let folder: String

    static func claim(_ path: String, group: any EventLoopGroup) async throws -> SocketFile {
        let address = try AdminAddress.unix(path: path).socketAddress()
        if let type = type(at: path) {
            guard type == .typeSocket else { throw AdminError(.notASocket) }
            guard await !isAnswered(address, group: group) else { throw AdminError(.addressInUse) }
        }
        let file = SocketFile(path: path)
        do {
            try FileManager.default.createDirectory(
                atPath: file.folder,
                withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw AdminError(.cannotListen, cause: error)
        }
        return file
    }

    private init(path: String) {
        let parent = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        self.path = path
        self.folder = "\(parent).\(String(UInt32.random(in: .min ... .max), radix: 36))"
        self.bindingPath = folder + "/s"
    }

    /// Makes the bound socket reachable under its own path.
    func publish() throws(AdminError) {
        do {
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: bindingPath)
            if Self.type(at: path) == .typeSocket { try FileManager.default.removeItem(atPath: path) }
            try FileManager.default.moveItem(atPath: bindingPath, toPath: path)
            try FileManager.default.removeItem(atPath: folder)
        } catch {
            throw AdminError(.cannotListen, cause: error)
        }
    }

    /// Leaves nothing behind, whether or not it was published.
    func remove() {
        for path in [bindingPath, folder, path] where Self.type(at: path) != nil {
            do { try FileManager.default.removeItem(atPath: path) } catch { continue }
        }
    }

    private static func type(at path: String) -> FileAttributeType? {
        do {
            return try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
        } catch {
            return nil
        }
    }

    private static func isAnswered(_ address: SocketAddress, group: any EventLoopGroup) async -> Bool {
        do {
            let channel = try await ClientBootstrap(group: group).connectTimeout(.seconds(2)).connect(to: address).get()
            try await channel.close()
            return true
        } catch let error as IOError {
            return error.errnoCode != ECONNREFUSED && error.errnoCode != ENOENT
        } catch {
            return true
        }
    }
}
