import Cryptography

/// The keys of roots that still lie beside the CA, which needs none of them.
package struct RemainingRootKeys: Sendable {
    /// A key that nobody has carried away.
    package struct Key: Equatable, Encodable, Sendable {
        private enum CodingKeys: String, CodingKey {
            case rootSHA256 = "root_sha256"
            case path
        }

        /// The SHA-256 of its root, in hexadecimal.
        package let rootSHA256: String
        /// The key's file, or the folder that holds it and its passphrase.
        package let path: String
    }

    /// What a first start leaves, in the order in which it is deleted: without its key a passphrase is worth nothing.
    private static let files = ["root.key", "passphrase"]

    private let folder: AuthorityFolder

    /// The keys that lie in `folder`.
    package init(in folder: AuthorityFolder) { self.folder = folder }

    /// What is still here: of a first start, of `ca-tools init`, and of every rotation.
    package func list() throws -> [Key] {
        try Authority.requireAuthority(folder)
        return try keys(roots())
    }

    /// Deletes the key of one root, wherever it lies.
    ///
    /// Whoever does that names the root by its SHA-256, colons and capitals as they come: the fingerprint
    /// that owners of laptops compare has been read, then, and the folder is the one that is meant.
    ///
    /// Ended half-way, the same call goes on. Nothing is overwritten: on media that remap blocks that would be for show.
    package func delete(confirmedBy fingerprint: String) throws {
        try Authority.requireAuthority(folder)
        // A rotation moves keys from one place to another.
        let lock = try at(folder.lock) { try FolderLock.take(folder.lock, patience: Authority.patience) }
        try delete(fingerprint, holding: lock)
    }

    private func delete(_ fingerprint: String, holding lock: borrowing FolderLock) throws {
        let root = fingerprint.lowercased().filter { $0 != ":" }
        let roots = try roots()
        let keys = try keys(roots)
        guard roots.contains(root) || keys.contains(where: { $0.rootSHA256 == root }) else {
            throw AuthorityError(
                .invalidInput,
                "\(fingerprint) is not the SHA-256 of a root of \(folder.path)",
                next: "\"ca-tools offline\" lists the keys that are here, each with that of its root"
            )
        }
        for key in keys where key.rootSHA256 == root {
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

    private func keys(_ roots: [String]) throws -> [Key] {
        var keys: [Key] = []
        if DurableFile.mode(folder.offline) != nil {
            keys.append(Key(rootSHA256: try roots.first ?? folder.rootFingerprint(), path: folder.offline))
        }
        let retired = try folder.entries(of: folder.retired).map { "\(folder.retired)/\($0)" }
        for base in AuthorityFolder.Generation.allCases.map(folder.base) + retired {
            let key = "\(base)/root/root.key"
            guard DurableFile.mode(key) != nil else { continue }
            keys.append(Key(rootSHA256: try folder.certificate("\(base)/root/root.pem").fingerprint(), path: key))
        }
        return keys
    }

    /// Every root that there ever was; the first is that of a first start.
    private func roots() throws -> [String] {
        let log = try folder.readLog()
        guard log.damages.isEmpty else {
            throw AuthorityError(
                .damagedLog,
                "\(folder.log) is damaged, so whose keys are here cannot be told",
                next: "\"ca-tools audit\" says what is wrong with it"
            )
        }
        return log.entries.filter { $0.event == .rootIssued }.compactMap(\.sha256)
    }
}
