import NIOCore

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Files that are written whole or not at all, and that only their owner reads.
enum PrivateFile {
    /// Writes beside the file, waits for the disk, and puts the new one in its place.
    ///
    /// The new one belongs to whom the old one belonged to, where this user may give it away.
    ///
    /// - Parameters:
    ///   - path: The file; what is there already is replaced.
    ///   - bytes: All of it.
    ///   - mode: The permission bits, whatever the process's mask says.
    /// - Throws: What the system says; the file is then as it was.
    static func replace(_ path: String, _ bytes: [UInt8], mode: Int = 0o600) throws(IOError) {
        let neighbour = "\(path).new"
        // What a killed process left behind may have other permissions.
        guard unsafe unlink(neighbour) == 0 || errno == ENOENT else { throw failure("unlink") }
        do throws(IOError) {
            try write(bytes, to: neighbour, instead: path, mode: mode_t(mode))
            guard unsafe rename(neighbour, path) == 0 else { throw failure("rename") }
        } catch {
            _ = unsafe unlink(neighbour)  // best effort: the next write removes it
            throw error
        }
    }

    private static func write(
        _ bytes: [UInt8],
        to path: String,
        instead former: String,
        mode: mode_t
    ) throws(IOError) {
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("open") }
        defer { close(file) }
        var owner = stat()
        if unsafe stat(former, &owner) == 0 { _ = fchown(file, owner.st_uid, owner.st_gid) }
        guard fchmod(file, mode) == 0 else { throw failure("fchmod") }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { region in
                #if canImport(Darwin)
                unsafe Darwin.write(file, region.baseAddress, region.count)
                #else
                unsafe Glibc.write(file, region.baseAddress, region.count)
                #endif
            }
            guard count > 0 || (count < 0 && errno == EINTR) else { throw failure("write") }
            rest = rest.dropFirst(max(0, count))
        }
        guard fsync(file) == 0 else { throw failure("fsync") }
    }

    private static func failure(_ call: String) -> IOError { IOError(errnoCode: errno, reason: call) }
}
