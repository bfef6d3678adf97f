import Glibc

/// Why a file could not be read or written.
package struct FileFailure: Error, Equatable, CustomStringConvertible {
    /// The kinds that a caller treats differently; `other` is everything else.
    package enum Code: String, Sendable {
        case exists, missing, denied, full, tooLarge, busy, other
    }

    /// The kind of failure.
    package let code: Code
    /// The file or folder in question.
    package let path: String
    /// What the system said.
    package let reason: String

    /// A failure found by this room itself.
    package init(_ code: Code, path: String, reason: String) {
        self.code = code
        self.path = path
        self.reason = reason
    }

    package var description: String { "\(path): \(reason)" }

    /// What `errno` says after a call that failed.
    static func last(_ path: String) -> FileFailure {
        let number = errno
        let code: Code =
            switch number {
            case EEXIST, ENOTEMPTY: .exists
            case ENOENT: .missing
            case EACCES, EPERM, EROFS, ELOOP: .denied
            case ENOSPC, EDQUOT, EFBIG: .full
            default: .other
            }
        return FileFailure(code, path: path, reason: unsafe String(cString: strerror(number)))
    }
}
