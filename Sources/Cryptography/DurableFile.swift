import Glibc

/// How keys and records reach the disk: whole or not at all, readable by their owner only.
///
/// Every file has mode 0600 unless another is asked for, and every folder 0700, whatever the process's mask says. A
/// write goes to a hidden `.tmp` neighbour first, is flushed, and then takes its place in one step, so that a killed
/// process or a full disk leaves the old state and at most a stray neighbour.
package enum DurableFile {
    /// The end of the names of neighbours that a killed process may leave.
    package static let strayEnding = ".tmp"
    /// The mode of whatever is not meant for others.
    package static let ownerOnly: UInt32 = 0o600

    /// Reads a whole file of at most `limit` bytes; a symbolic link is refused.
    package static func read(_ path: String, limit: Int) throws(FileFailure) -> [UInt8] {
        try Descriptor.open(path, O_RDONLY).read(limit: limit)
    }

    /// Writes a new file; one that is already there stays as it is, and the call fails with `exists`.
    package static func create(_ path: String, _ bytes: [UInt8]) throws(FileFailure) {
        let neighbour = try writeNeighbour(of: path, bytes)
        defer { unsafe _ = unlink(neighbour) }
        guard unsafe link(neighbour, path) == 0 else { throw .last(path) }
        try syncFolder(of: path)
    }

    /// Writes a file that may be there already, in one step.
    package static func replace(
        _ path: String,
        _ bytes: [UInt8],
        mode: UInt32 = ownerOnly
    ) throws(FileFailure) {
        let neighbour = try writeNeighbour(of: path, bytes, mode: mode)
        guard unsafe rename(neighbour, path) == 0 else {
            let failure = FileFailure.last(path)
            unsafe unlink(neighbour)
            throw failure
        }
        try syncFolder(of: path)
    }

    /// Adds bytes to the end of a file and waits for the disk; when that fails the file is cut back to what it was.
    package static func append(_ bytes: [UInt8], to path: String) throws(FileFailure) {
        let file = try Descriptor.open(path, O_WRONLY | O_APPEND | O_CREAT, mode: 0o600)
        try file.setMode(0o600)
        let size = try file.size()
        do throws(FileFailure) {
            try file.write(bytes)
            try file.sync()
        } catch {
            try file.truncate(to: size)
            throw error
        }
    }

    /// Cuts a file off behind its first `size` bytes.
    package static func truncate(_ path: String, to size: Int) throws(FileFailure) {
        let file = try Descriptor.open(path, O_WRONLY)
        try file.truncate(to: size)
        try file.sync()
    }

    /// Makes a new folder; one that is there already is a failure with `exists`.
    package static func makeFolder(_ path: String) throws(FileFailure) {
        guard unsafe mkdir(path, 0o700) == 0 else { throw .last(path) }
        try Descriptor.open(path, O_RDONLY | O_DIRECTORY).setMode(0o700)
        try syncFolder(of: path)
    }

    /// Moves a file or folder within one file system.
    ///
    /// A file in the new place is replaced, a folder only if it is empty.
    package static func move(_ path: String, to place: String) throws(FileFailure) {
        guard unsafe rename(path, place) == 0 else { throw .last(place) }
        try syncFolder(of: path)
        try syncFolder(of: place)
    }

    /// Removes a file; one that is gone already is no failure.
    package static func remove(_ path: String) throws(FileFailure) {
        guard unsafe unlink(path) == 0 || errno == ENOENT else { throw .last(path) }
        try syncFolder(of: path)
    }

    /// Removes an empty folder; one that is gone already is no failure.
    package static func removeFolder(_ path: String) throws(FileFailure) {
        guard unsafe rmdir(path) == 0 || errno == ENOENT else { throw .last(path) }
        try syncFolder(of: path)
    }

    /// Gives a file a second name, under which it stays when the first is replaced.
    package static func keep(_ path: String, as name: String) throws(FileFailure) {
        guard unsafe link(path, name) == 0 else { throw .last(name) }
        try syncFolder(of: name)
    }

    /// The permission bits of a file or folder, or nil when it is absent.
    package static func mode(_ path: String) -> UInt32? {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return nil }
        return status.st_mode & 0o7777
    }

    /// Writes a file for others in one step: one that is there already leaves its owner, group and mode to its successor.
    ///
    /// Only the administrator can give a file away, and others only to groups of their own: then the file is not written
    /// and the call fails with `denied`, rather than shut out who read the former one.
    package static func replaceInKind(_ path: String, _ bytes: [UInt8], mode: UInt32) throws(FileFailure) {
        var former = stat()
        guard unsafe lstat(path, &former) == 0 else { return try replace(path, bytes, mode: mode) }
        let neighbour = try writeNeighbour(of: path, bytes, mode: former.st_mode & 0o777, owner: former)
        guard unsafe rename(neighbour, path) == 0 else {
            let failure = FileFailure.last(path)
            unsafe unlink(neighbour)
            throw failure
        }
        try syncFolder(of: path)
    }

    /// What changes when a file is replaced or written to; nil when it is absent.
    package static func stamp(_ path: String) -> FileStamp? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        return FileStamp(
            inode: status.st_ino,
            size: Int(status.st_size),
            seconds: status.st_mtim.tv_sec,
            nanoseconds: status.st_mtim.tv_nsec
        )
    }

    private static func writeNeighbour(
        of path: String,
        _ bytes: [UInt8],
        mode: UInt32 = ownerOnly,
        owner: stat? = nil
    ) throws(FileFailure) -> String {
        let random = UInt64.random(in: .min ... .max)
        let name = path.split(separator: "/").last.map(String.init) ?? "file"
        let neighbour = "\(folder(of: path))/.\(name).\(String(random, radix: 16))\(strayEnding)"
        let file = try Descriptor.open(neighbour, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
        do throws(FileFailure) {
            try file.write(bytes)
            if let owner { try file.setOwner(owner.st_uid, group: owner.st_gid) }
            try file.setMode(mode)
            try file.sync()
        } catch {
            unsafe unlink(neighbour)
            throw error
        }
        return neighbour
    }

    private static func syncFolder(of path: String) throws(FileFailure) {
        try Descriptor.open(folder(of: path), O_RDONLY | O_DIRECTORY).sync()
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

/// Tells one state of a file from another.
package struct FileStamp: Sendable, Hashable {
    let inode: UInt
    let size: Int
    let seconds: Int
    let nanoseconds: Int
}
