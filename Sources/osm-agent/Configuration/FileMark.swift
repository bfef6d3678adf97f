import FoundationEssentials
import Settings

/// What tells that a file is another one than before, or has another content; the content itself is not read.
enum FileMark: Sendable, Equatable {
    case absent
    case present(modified: Date?, size: UInt64?, inode: UInt64?)

    /// Looks at a file, or at where a link leads.
    init(_ path: String) {
        do {
            let target = URL(filePath: path).resolvingSymlinksInPath().path
            let attributes = try FileManager.default.attributesOfItem(atPath: target)
            self = .present(
                modified: attributes[.modificationDate] as? Date,
                size: attributes.number(.size),
                inode: attributes.number(.systemFileNumber)
            )
        } catch {
            self = .absent
        }
    }

    /// The marks of several files, each with its path.
    static func all(_ paths: [String]) -> [String: FileMark] {
        Dictionary(paths.map { ($0, FileMark($0)) }) { first, _ in first }
    }
}
