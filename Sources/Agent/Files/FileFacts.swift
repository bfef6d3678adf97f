import Crypto

/// What the system says of one file or folder.
struct FileFacts: Equatable, Sendable {
    enum Kind: Sendable { case file, folder, other }

    /// Since the beginning of 1970.
    struct Moment: Equatable, Sendable {
        let seconds: Int
        let nanoseconds: Int
    }

    let kind: Kind
    let device: UInt64
    let inode: UInt64
    /// In bytes.
    let size: Int
    /// The last time that the content was written to, which can be set to anything.
    let modified: Moment
    /// The last time that anything of it changed, which cannot.
    let changed: Moment

    /// Changes with the content; weak as long as another change could go by unnoticed.
    ///
    /// File systems count time in steps of up to two seconds, and two changes within one step leave the same traces.
    func tag(at now: HTTPDate) -> EntityTag {
        // Hashed, for inodes are nobody's business.
        var hash = SHA256()
        let words = [
            device, inode, UInt64(bitPattern: Int64(size)),
            UInt64(bitPattern: Int64(modified.seconds)), UInt64(bitPattern: Int64(modified.nanoseconds)),
            UInt64(bitPattern: Int64(changed.seconds)), UInt64(bitPattern: Int64(changed.nanoseconds)),
        ]
        for word in words { hash.update(data: Array(String(word, radix: 16).utf8) + [UInt8(ascii: " ")]) }
        let digest = hash.finalize().prefix(12).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return EntityTag(opaque: digest, isWeak: !isSettled(at: now))
    }

    private func isSettled(at now: HTTPDate) -> Bool { changed.seconds + 2 < now.seconds }

    /// When the content was written to last, and never later than now (RFC 9110, 8.8.2.1).
    func lastModified(at now: HTTPDate) -> HTTPDate { min(HTTPDate(seconds: modified.seconds), now) }

    /// Whether what is there later still begins with the bytes that were promised: the same file, which has at most grown.
    func isContinued(by later: FileFacts) -> Bool {
        guard later.kind == kind, later.device == device, later.inode == inode else { return false }
        return later.size > size || (later.size == size && later.modified == modified)
    }
}
