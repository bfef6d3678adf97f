import Glibc

/// An open file, closed when it goes out of scope.
struct Descriptor: ~Copyable {
    private let number: Int32
    private let path: String

    private init(number: Int32, path: String) {
        self.number = number
        self.path = path
    }

    deinit { close(number) }

    /// Opens or creates a file; a symbolic link in its place is refused.
    static func open(_ path: String, _ flags: Int32, mode: mode_t = 0) throws(FileFailure) -> Descriptor {
        let number = unsafe Glibc.open(path, flags | O_CLOEXEC | O_NOFOLLOW, mode)
        guard number >= 0 else { throw .last(path) }
        return Descriptor(number: number, path: path)
    }

    /// Gives the file exactly this mode, whatever the process's mask says.
    func setMode(_ mode: mode_t) throws(FileFailure) {
        guard fchmod(number, mode) == 0 else { throw .last(path) }
    }

    /// Gives the file to somebody, unless it is theirs already.
    func setOwner(_ owner: uid_t, group: gid_t) throws(FileFailure) {
        var status = stat()
        guard unsafe fstat(number, &status) == 0 else { throw .last(path) }
        guard status.st_uid != owner || status.st_gid != group else { return }
        guard fchown(number, owner, group) == 0 else { throw .last(path) }
    }

    /// Writes everything.
    func write(_ bytes: [UInt8]) throws(FileFailure) {
        var done = 0
        while done < bytes.count {
            let written = unsafe bytes[done...].withUnsafeBytes { unsafe Glibc.write(number, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw .last(path) }
            done += written
        }
    }

    /// Reads to the end; a file of more than `limit` bytes is refused.
    func read(limit: Int) throws(FileFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(number, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .last(path) }
            guard count > 0 else { return bytes }
            bytes += chunk.prefix(count)
            guard bytes.count <= limit else {
                throw FileFailure(.tooLarge, path: path, reason: "larger than \(limit) bytes")
            }
        }
    }

    /// Waits until the disk has it.
    func sync() throws(FileFailure) {
        guard fsync(number) == 0 else { throw .last(path) }
    }

    /// Where the file ends.
    func size() throws(FileFailure) -> Int {
        let end = lseek(number, 0, SEEK_END)
        guard end >= 0 else { throw .last(path) }
        return Int(end)
    }

    /// Cuts the file off.
    func truncate(to size: Int) throws(FileFailure) {
        guard ftruncate(number, off_t(size)) == 0 else { throw .last(path) }
    }

    /// Tries to become the only holder; false when somebody else is.
    func tryLock() throws(FileFailure) -> Bool {
        if flock(number, LOCK_EX | LOCK_NB) == 0 { return true }
        guard errno == EWOULDBLOCK || errno == EINTR else { throw .last(path) }
        return false
    }
}
