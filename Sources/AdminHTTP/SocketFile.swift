import FoundationEssentials
import NIOCore
import NIOPosix

/// Who may open a Unix socket.
package enum SocketAccess: Sendable {
    /// Processes of the same user, and the administrator's.
    case owner
    /// Those of the file's group, too, whoever they are: the file's group and its folder decide.
    case group

    var mode: Int {
        switch self {
        case .owner: 0o600
        case .group: 0o660
        }
    }
}

/// The file of a Unix socket: nobody else can open it, from the first moment on.
///
/// The socket is bound in a new folder that nobody else can enter, gets its mode there and is then moved to its place.
/// A socket file that a dead process left behind is removed; one that answers, and a file that is no socket, are not. Of
/// two processes that want the same path at the same moment, one gets it and the other finds it taken.
struct SocketFile {
    let path: String
    let bindingPath: String
    private let access: SocketAccess
    /// Where the socket is bound.
    private let folder: String
    /// Where it is published; held from the claim until then.
    private let place: SocketFolder
    /// The file that was published, to be told from one that another process has put in its place since.
    private var inode: UInt64?

    static func claim(
        _ path: String,
        access: SocketAccess = .owner,
        group: any EventLoopGroup,
        patience: Duration = SocketFolder.patience
    ) async throws -> SocketFile {
        let address = try AdminAddress.unix(path: path).socketAddress()
        let parent = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        let place: SocketFolder
        do {
            place = try await SocketFolder.claim(parent.isEmpty ? "." : parent, patience: patience)
        } catch let error as AdminError where error.code == .folderBusy {
            guard await isAnswered(address, group: group) else { throw error }
            throw AdminError(.addressInUse)
        }
        do {
            if let type = type(at: path) {
                guard type == .typeSocket else { throw AdminError(.notASocket) }
                guard await !isAnswered(address, group: group) else { throw AdminError(.addressInUse) }
            }
            return try SocketFile(path: path, parent: parent, place: place, access: access)
        } catch {
            place.release()
            throw error
        }
    }

    private init(path: String, parent: String, place: SocketFolder, access: SocketAccess) throws(AdminError) {
        self.path = path
        self.access = access
        self.place = place
        folder = "\(parent).\(String(UInt32.random(in: .min ... .max), radix: 36))"
        bindingPath = folder + "/s"
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw AdminError(.cannotListen, cause: error)
        }
    }

    /// Makes the bound socket reachable under its own path.
    mutating func publish() throws(AdminError) {
        defer { place.release() }
        do {
            try FileManager.default.setAttributes([.posixPermissions: access.mode], ofItemAtPath: bindingPath)
            if Self.type(at: path) == .typeSocket { try FileManager.default.removeItem(atPath: path) }
            try FileManager.default.moveItem(atPath: bindingPath, toPath: path)
            try FileManager.default.removeItem(atPath: folder)
        } catch {
            throw AdminError(.cannotListen, cause: error)
        }
        inode = Self.inode(at: path)
    }

    /// Leaves nothing of its own behind, whether or not it was published.
    func remove() {
        place.release()
        var paths = [bindingPath, folder]
        if inode != nil, inode == Self.inode(at: path) { paths.append(path) }
        for path in paths where Self.type(at: path) != nil {
            do { try FileManager.default.removeItem(atPath: path) } catch { continue }
        }
    }

    private static func inode(at path: String) -> UInt64? {
        do {
            return try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? UInt64
        } catch {
            return nil
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
