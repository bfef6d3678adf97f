import Foundation

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
    ///   - mode: The permission bits.
    /// - Throws: What the file system says; the file is then as it was.
    static func replace(_ path: String, _ bytes: [UInt8], mode: Int = 0o600) throws {
        let files = FileManager.default
        let neighbour = "\(path).new"
        let attributes: [FileAttributeKey: any Sendable] = [.posixPermissions: mode]
        // What a killed process left behind may have other permissions.
        if files.fileExists(atPath: neighbour) { try files.removeItem(atPath: neighbour) }
        guard files.createFile(atPath: neighbour, contents: nil, attributes: attributes) else {
            throw CocoaError(.fileWriteNoPermission)
        }
        do {
            let handle = try FileHandle(forWritingTo: URL(filePath: neighbour))
            try handle.write(contentsOf: Data(bytes))
            try handle.synchronize()
            var former = stat()
            if unsafe stat(path, &former) == 0 { _ = fchown(handle.fileDescriptor, former.st_uid, former.st_gid) }
            try handle.close()
            // What Foundation has for this removes the old file before the new one is there.
            guard unsafe rename(neighbour, path) == 0 else { throw CocoaError(.fileWriteUnknown) }
        } catch {
            do { try files.removeItem(atPath: neighbour) } catch {}  // best effort: the next write removes it
            throw error
        }
    }
}
