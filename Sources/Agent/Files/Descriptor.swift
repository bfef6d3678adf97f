import NIOCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// An open file or folder, closed when its owner lets go of it.
///
/// What is opened by name is opened relative to a folder that is open already and never through a symbolic link. Every
/// call may wait for a disk, so none is made on an event loop.
struct Descriptor: ~Copyable {
    private let number: Int32

    private init(owning number: Int32) { self.number = number }

    deinit { close(number) }

    /// Opens a folder by its path, through whatever links its owner has put there.
    static func folder(atPath path: String) throws(FolderProblem) -> Descriptor {
        let number = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw FolderProblem(code: errno) }
        return Descriptor(owning: number)
    }

    /// Opens a folder in this one.
    func folder(named name: String) throws(FolderProblem) -> Descriptor {
        let number = unsafe openat(number, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else { throw FolderProblem(code: errno) }
        return Descriptor(owning: number)
    }

    /// Opens a file in this folder; what is none is not there.
    func file(named name: String) throws(FolderProblem) -> Descriptor {
        // Opening is an event for a device, and for whoever writes into a pipe: so it is looked at before, too.
        guard try facts(of: name).kind == .file else { throw .missing }
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
        let number = unsafe openat(number, name, flags)
        guard number >= 0 else { throw FolderProblem(code: errno) }
        let file = Descriptor(owning: number)
        guard try file.facts().kind == .file else { throw .missing }
        return file
    }

    /// What the system says of what is open.
    func facts() throws(FolderProblem) -> FileFacts {
        var status = stat()
        guard unsafe fstat(number, &status) == 0 else { throw FolderProblem(code: errno) }
        return FileFacts(status)
    }

    /// What the system says of an entry of this folder, a link being one itself.
    func facts(of name: String) throws(FolderProblem) -> FileFacts {
        var status = stat()
        guard unsafe fstatat(number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { throw FolderProblem(code: errno) }
        return FileFacts(status)
    }

    /// Reads that many bytes, or as many as there are.
    func bytes(at offset: Int, count: Int) throws(FolderProblem) -> ByteBuffer {
        var bytes = ByteBufferAllocator().buffer(capacity: count)
        while bytes.readableBytes < count {
            let missing = count - bytes.readableBytes
            let place = off_t(offset + bytes.readableBytes)
            var code: Int32 = 0
            let got = unsafe bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: missing) { region in
                let got = unsafe pread(number, region.baseAddress, missing, place)
                if got < 0 { code = errno }
                return max(0, got)
            }
            if code == EINTR { continue }
            guard code == 0 else { throw FolderProblem(code: code) }
            guard got > 0 else { break }
        }
        return bytes
    }

    /// The names in this folder that visitors may see, in no order.
    ///
    /// - Parameter limit: How many names are read at most, seen or not.
    /// - Returns: The names, and whether there are no others.
    /// - Throws: ``FolderProblem`` when the folder cannot be read.
    func names(limit: Int) throws(FolderProblem) -> (names: [String], areAll: Bool) {
        // The list takes over the descriptor that it reads, and a folder has one place where reading goes on.
        let copy = unsafe openat(number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { throw FolderProblem(code: errno) }
        guard let list = unsafe fdopendir(copy) else {
            let problem = FolderProblem(code: errno)
            close(copy)
            throw problem
        }
        defer { unsafe closedir(list) }
        var names: [String] = []
        for _ in 0..<limit {
            guard let entry = unsafe readdir(list) else { return (names, true) }
            let length = unsafe MemoryLayout.size(ofValue: entry.pointee.d_name)
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
                unsafe field.withMemoryRebound(to: CChar.self, capacity: length) { text in
                    unsafe String(validatingCString: text)
                }
            }
            if let name, FolderPath.mayBeServed(name) { names.append(name) }
        }
        return (names, false)
    }
}

extension FileFacts {
    fileprivate init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            default: .other
            }
        device = UInt64(truncatingIfNeeded: status.st_dev)
        inode = UInt64(truncatingIfNeeded: status.st_ino)
        size = Int(status.st_size)
        #if canImport(Darwin)
        modified = Moment(seconds: Int(status.st_mtimespec.tv_sec), nanoseconds: Int(status.st_mtimespec.tv_nsec))
        changed = Moment(seconds: Int(status.st_ctimespec.tv_sec), nanoseconds: Int(status.st_ctimespec.tv_nsec))
        #else
        modified = Moment(seconds: Int(status.st_mtim.tv_sec), nanoseconds: Int(status.st_mtim.tv_nsec))
        changed = Moment(seconds: Int(status.st_ctim.tv_sec), nanoseconds: Int(status.st_ctim.tv_nsec))
        #endif
    }
}

extension FolderProblem {
    fileprivate init(code: Int32) {
        self =
            switch code {
            // The last two are what a link in place of a folder or a file is answered with.
            case ENOENT, ENAMETOOLONG, EINVAL, ENOTDIR, ELOOP: .missing
            // What is on the way to becoming a socket, or whose device is gone.
            case ENXIO, ENODEV, EOPNOTSUPP: .missing
            case EACCES, EPERM: .forbidden
            case EMFILE, ENFILE, ENOMEM, EAGAIN: .exhausted
            default: .unreadable
            }
    }
}
