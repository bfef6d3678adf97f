import Glibc

/// The right to change a folder, held by one process at a time and given back when this value goes or the process dies.
package struct FolderLock: ~Copyable {
    private let file: Descriptor

    private init(file: consuming Descriptor) { self.file = file }

    /// Waits for the lock file at `path`, at most `patience`; then fails with `busy`.
    package static func take(_ path: String, patience: Duration) throws(FileFailure) -> FolderLock {
        let file = try Descriptor.open(path, O_RDWR | O_CREAT, mode: 0o600)
        try file.setMode(0o600)
        let deadline = ContinuousClock.now + patience
        while try !file.tryLock() {
            guard ContinuousClock.now < deadline else {
                throw FileFailure(.busy, path: path, reason: "another process holds the lock")
            }
            usleep(20_000)  // flock() has no deadline of its own
        }
        return FolderLock(file: file)
    }
}
