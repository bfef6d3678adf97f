import COpenSSL

/// What it costs to try one passphrase, in rounds of PBKDF2 with HMAC-SHA-256.
package struct KeyDerivationCost: Sendable, Equatable {
    /// The number of rounds.
    package let rounds: Int32

    /// The cost of every key outside tests: above the 600 000 that OWASP asks for.
    package static let standard = KeyDerivationCost(rounds: 1_000_000)
    /// Worthless as a protection: for tests that encrypt many keys.
    package static let forTestsOnly = KeyDerivationCost(rounds: 1_000)
}

extension EVPKey {
    /// Reads a private key; without a passphrase an encrypted one is refused and nobody is prompted.
    package convenience init(pem: [UInt8], passphrase: [UInt8]? = nil) throws(CryptographyError) {
        let buffer = try MemoryBuffer.holding(pem)
        let isEncrypted = EVPKey.isEncrypted(pem: pem)
        if isEncrypted, passphrase == nil {
            throw CryptographyError(.passphraseNeeded, "read an encrypted key without its passphrase")
        }
        let raw = unsafe (passphrase ?? []).withUnsafeBufferPointer { lent in
            var lent = unsafe lent
            return unsafe withUnsafeMutablePointer(to: &lent) {
                unsafe PEM_read_bio_PrivateKey(buffer.raw, nil, answerWithPassphrase, $0)
            }
        }
        guard let raw = unsafe raw else {
            throw .last(
                isEncrypted ? "decrypt the key (wrong passphrase, or a damaged file)" : "read the private key",
                isEncrypted ? .wrongPassphrase : .malformed
            )
        }
        unsafe self.init(owning: raw)
    }

    /// Whether a PEM file says of itself that it needs a passphrase.
    package static func isEncrypted(pem: [UInt8]) -> Bool {
        let text = String(decoding: pem, as: UTF8.self)
        return text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED")
    }

    /// PKCS #8 in the clear.
    package func unencryptedPEM() throws(CryptographyError) -> SecretBytes {
        let buffer = try MemoryBuffer.holding()
        try check(
            unsafe PEM_write_bio_PKCS8PrivateKey(buffer.raw, raw, nil, nil, 0, nil, nil),
            "encode a private key"
        )
        return SecretBytes(try buffer.drain())
    }

    /// PKCS #8 under PBES2: PBKDF2 with HMAC-SHA-256, then AES-256-CBC.
    package func encryptedPEM(
        passphrase: [UInt8],
        cost: KeyDerivationCost
    ) throws(CryptographyError) -> SecretBytes {
        var salt = try Digest.random(count: 16)
        let algorithm = unsafe try check(
            PKCS5_pbe2_set_iv(EVP_aes_256_cbc(), cost.rounds, &salt, Int32(salt.count), nil, NID_hmacWithSHA256),
            "choose the key's encryption"
        )
        guard let plain = unsafe EVP_PKEY2PKCS8(raw) else {
            unsafe X509_ALGOR_free(algorithm)
            throw .last("encode a private key")
        }
        defer { unsafe PKCS8_PRIV_KEY_INFO_free(plain) }
        let encrypted = unsafe passphrase.withUnsafeBytes { bytes in
            unsafe PKCS8_set0_pbe(
                bytes.baseAddress?.assumingMemoryBound(to: CChar.self),
                Int32(clamping: bytes.count),
                plain,
                algorithm
            )
        }
        guard let encrypted = unsafe encrypted else {
            unsafe X509_ALGOR_free(algorithm)  // the call took it over only if it worked
            throw .last("encrypt a private key")
        }
        defer { unsafe X509_SIG_free(encrypted) }
        let buffer = try MemoryBuffer.holding()
        try check(unsafe PEM_write_bio_PKCS8(buffer.raw, encrypted), "encode an encrypted key")
        return SecretBytes(try buffer.drain())
    }
}

/// What OpenSSL calls for a passphrase: copies the lent one, and answers "none" rather than ask at a terminal.
private func answerWithPassphrase(
    _ target: UnsafeMutablePointer<CChar>?,
    _ capacity: Int32,
    _ forWriting: Int32,
    _ lent: UnsafeMutableRawPointer?
) -> Int32 {
    guard let target = unsafe target, let lent = unsafe lent else { return -1 }
    let passphrase = unsafe lent.load(as: UnsafeBufferPointer<UInt8>.self)
    guard !passphrase.isEmpty, passphrase.count <= Int(capacity) else { return -1 }
    for index in passphrase.indices {
        unsafe target[index] = CChar(bitPattern: passphrase[index])
    }
    return Int32(passphrase.count)
}
