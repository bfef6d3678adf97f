import NIOCore

/// A folder of this machine that visitors may read.
///
/// Nothing stays open between two calls: a folder that is deleted and built anew is served again at once, and slow
/// visitors keep no descriptors. Every call may wait for a disk.
struct Folder: Sendable {
    /// Absolute; may be a symbolic link itself, which is followed anew each time.
    let path: String

    /// A file that was there when it was looked for.
    struct File: Equatable, Sendable {
        let names: [String]
        let facts: FileFacts

        var contentType: String { FileType.contentType(of: names.last ?? "") }
    }

    enum Finding: Equatable, Sendable {
        case file(File)
        /// A folder, asked for without the slash at its end.
        case lacksSlash
        case listing(FolderListing)
    }

    static let indexName = "index.html"

    /// Looks for what a target names.
    ///
    /// - Parameters:
    ///   - path: The target.
    ///   - listing: Whether a folder without an index is answered with what is in it.
    /// - Returns: What is there.
    /// - Throws: ``FolderProblem`` when there is nothing that can be served.
    func find(_ path: FolderPath, listing: Bool) throws(FolderProblem) -> Finding {
        guard let last = path.names.last else { return try index(of: root(), path, listing) }
        let parent = try open(path.names.dropLast())
        switch try parent.facts(of: last).kind {
        case .file where !path.isFolder: return .file(try file(named: last, in: parent, path.names))
        case .folder where !path.isFolder: return .lacksSlash
        case .folder: return try index(of: parent.folder(named: last), path, listing)
        case .file, .other: throw .missing
        }
    }

    /// Reads a part of a file that ``find(_:listing:)`` has found.
    ///
    /// - Throws: ``FolderProblem/changed`` when it is not that file any more, or does not reach so far.
    func read(_ file: File, _ range: Range<Int>) throws(FolderProblem) -> ByteBuffer {
        guard let last = file.names.last else { throw .missing }
        let opened = try open(file.names.dropLast()).file(named: last)
        guard file.facts.isContinued(by: try opened.facts()) else { throw .changed }
        let bytes = try opened.bytes(at: range.lowerBound, count: range.count)
        guard bytes.readableBytes == range.count else { throw .changed }
        return bytes
    }

    private func root() throws(FolderProblem) -> Descriptor {
        do throws(FolderProblem) {
            return try Descriptor.folder(atPath: path)
        } catch {
            if case .missing = error { throw .folderMissing }
            throw error
        }
    }

    /// Goes down name by name, so that whoever moves a folder meanwhile leads nobody out of it.
    private func open(_ names: some Sequence<String>) throws(FolderProblem) -> Descriptor {
        var folder = try root()
        for name in names { folder = try folder.folder(named: name) }
        return folder
    }

    /// Opens the file, too: a head should not promise what cannot be read.
    private func file(
        named name: String,
        in folder: borrowing Descriptor,
        _ names: [String]
    ) throws(FolderProblem) -> File {
        File(names: names, facts: try folder.file(named: name).facts())
    }

    private func index(
        of folder: borrowing Descriptor,
        _ path: FolderPath,
        _ listing: Bool
    ) throws(FolderProblem) -> Finding {
        do throws(FolderProblem) {
            return .file(try file(named: Self.indexName, in: folder, path.names + [Self.indexName]))
        } catch {
            guard case .missing = error, listing else { throw error }
            return .listing(try FolderListing(folder, names: path.names))
        }
    }
}
