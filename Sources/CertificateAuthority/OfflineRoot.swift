import Cryptography

/// The keys of roots that still lie beside the CA, which needs none of them.
package struct OfflineRoot: Sendable {
    /// A key that nobody has carried away.
    package struct Key: Equatable, Encodable, Sendable {
        private enum CodingKeys: String, CodingKey {
            case rootSHA256 = "root_sha256"
            case path
        }

        /// The SHA-256 of its root, in hexadecimal.
        package let rootSHA256: String
        /// The file of the key, or the folder in which its passphrase lies, too.
        package let path: String
    }

    /// What a first start leaves, in the order in which it is deleted: without its key a passphrase is worth nothing.
    private static let files = ["root.key", "passphrase"]

    private let folder: AuthorityFolder

    /// The keys that lie in `folder`.
    package init(of folder: AuthorityFolder) { self.folder = folder }

    /// What is still here: of a first start, of `ca-tools init`, and of every rotation.
    package func keys() throws -> [Key] {
        var keys: [Key] = []
        if DurableFile.mode(folder.offline) != nil {
            keys.append(Key(rootSHA256: try roots().first ?? folder.rootFingerprint(), path: folder.offline))
        }
        let retired = try folder.entries(of: folder.retired).map { "\(folder.retired)/\($0)" }
        for base in AuthorityFolder.Generation.allCases.map(folder.base) + retired {
            let key = "\(base)/root/root.key"
            guard DurableFile.mode(key) != nil else { continue }
            keys.append(Key(rootSHA256: try folder.certificate("\(base)/root/root.pem").fingerprint(), path: key))
        }
        return keys
    }

    /// Deletes what is here of one root's key.
    ///
    /// Whoever does that names the root by its SHA-256, colons and capitals as they come: the fingerprint
    /// that owners of laptops compare has been read, then, and the folder is the one that is meant.
    ///
    /// Ended half-way, the same call goes on. Nothing is overwritten: on media that remap blocks that would be for show.
    package func delete(confirmedBy fingerprint: String) throws {
        let root = fingerprint.lowercased().filter { $0 != ":" }
        guard try roots().contains(root) else {
            throw AuthorityError(
                .invalidInput,
                "\(fingerprint) is not the SHA-256 of a root of \(folder.path)",
                next: "compare it with \"ca-tools inspect \(folder.root())\""
            )
        }
        for key in try keys() where key.rootSHA256 == root {
            if key.path == folder.offline {
                try deleteFolder()
            } else {
                try at(key.path) { try DurableFile.remove(key.path) }
            }
        }
    }

    private func deleteFolder() throws {
        let path = folder.offline
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

    /// Every root that there ever was, the first one first.
    private func roots() throws -> [String] {
        try folder.readLog().entries.filter { $0.event == .rootIssued }.compactMap(\.sha256)
    }
}
