import Cryptography

/// The root's key and its passphrase, as a first start leaves them beside the CA until they are carried away.
package struct OfflineRoot: Sendable {
    /// What is to be carried away, in the order in which it is deleted: without its key a passphrase is worth nothing.
    private static let files = ["root.key", "passphrase"]

    private let folder: AuthorityFolder

    /// What `folder` may still hold.
    package init(of folder: AuthorityFolder) { self.folder = folder }

    /// Whether it is still here.
    package var isHere: Bool { DurableFile.mode(folder.offline) != nil }

    /// Where it lies, or lay.
    package var path: String { folder.offline }

    /// Deletes it.
    ///
    /// Whoever does that names the root by its SHA-256, colons and capitals as they come: the fingerprint
    /// that owners of laptops compare has been read, then, and the folder is the one that is meant.
    ///
    /// Ended half-way, the same call goes on. Nothing is overwritten: on media that remap blocks that would be for show.
    package func delete(confirmedBy fingerprint: String) throws {
        let root = try folder.rootFingerprint()
        guard fingerprint.lowercased().filter({ $0 != ":" }) == root else {
            throw AuthorityError(
                .invalidInput,
                "\(fingerprint) is not the SHA-256 of the root in \(folder.path)",
                next: "compare it with \"ca-tools inspect \(folder.root())\""
            )
        }
        guard isHere else { return }
        let strangers = try folder.entries(of: path).filter { !Self.files.contains($0) }
        guard strangers.isEmpty else {
            throw AuthorityError(
                .exists,
                "\(path) holds \(strangers.joined(separator: ", ")), which is not ours",
                next: "move that elsewhere and run the command again"
            )
        }
        try at(path) {
            for file in Self.files { try DurableFile.remove("\(path)/\(file)") }
            try DurableFile.removeFolder(path)
        }
    }
}
