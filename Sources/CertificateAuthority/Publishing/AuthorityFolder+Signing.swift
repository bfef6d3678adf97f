package import Cryptography

extension AuthorityFolder {
    package var signing: String { "\(path)/signing" }
    package var signingKey: String { "\(path)/signing/signing.key" }

    /// The key that signs what is handed out, made at first use.
    ///
    /// It is no certificate authority's: it vouches for downloads alone, and lies here unencrypted for the same reason as
    /// the keys of the issuing CAs.
    package func readOrMakeSigningKey() throws -> Ed25519Key {
        try Authority.requireAuthority(self)
        return try at(signingKey) {
            if DurableFile.mode(signingKey) == nil {
                let lock = try FolderLock.take(lock, patience: Authority.patience)
                try makeSigningKey(holding: lock)
            }
            return try Ed25519Key(pem: DurableFile.read(signingKey, limit: Self.fileLimit))
        }
    }

    /// Another process may have been first.
    private func makeSigningKey(holding lock: borrowing FolderLock) throws {
        guard DurableFile.mode(signingKey) == nil else { return }
        if DurableFile.mode(signing) == nil { try DurableFile.makeFolder(signing) }
        let key = try Ed25519Key.generate()
        try key.unencryptedPEM().withBytes { try DurableFile.create(signingKey, $0) }
    }
}
