import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The right to put a socket into a folder or take it out, held by one process at a time.
///
/// Two processes that start at the same moment would otherwise both find that nobody answers. The lock is on the folder
/// itself, so nothing is left behind, and the system takes it back when the process dies.
struct SocketFolder: Sendable {
    private let handle: NIOFileHandle

    /// How long others may take to open their sockets: each one takes milliseconds, and many may start together.
    static let patience = Duration.seconds(15)

    /// Waits for its turn.
    ///
    /// - Throws: ``AdminError`` with `folderBusy` when others kept the folder for all of that time.
    static func claim(_ path: String, patience: Duration = patience) async throws -> SocketFolder {
        let handle = try open(path)
        do {
            let deadline = ContinuousClock.now + patience
            while try !isTaken(handle) {
                guard ContinuousClock.now < deadline else { throw AdminError(.folderBusy) }
                try await Task.sleep(for: .milliseconds(20))  // flock() has no deadline of its own
            }
            return SocketFolder(handle: handle)
        } catch {
            try handle.close()
            throw error
        }
    }

    /// Opening a folder asks nobody but the file system, which every other step here asks as well.
    private static func open(_ path: String) throws(AdminError) -> NIOFileHandle {
        do {
            return try NIOFileHandle(_deprecatedPath: path, mode: .read, flags: .default)
        } catch {
            throw AdminError(.cannotListen, cause: error)
        }
    }

    private static func isTaken(_ handle: NIOFileHandle) throws -> Bool {
        try handle.withUnsafeFileDescriptor { descriptor in
            guard flock(descriptor, LOCK_EX | LOCK_NB) != 0 else { return true }
            guard errno == EWOULDBLOCK || errno == EINTR else {
                throw AdminError(.cannotListen, cause: IOError(errnoCode: errno, reason: "flock"))
            }
            return false
        }
    }

    /// Lets the next one in.
    func release() {
        do { try handle.close() } catch { return }  // closed already
    }
}
