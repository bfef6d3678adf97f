import COpenSSL

/// An Ed25519 key: for signatures of files, which people check without certificates.
@safe package final class Ed25519Key {
    private let key: EVPKey

    private init(_ key: EVPKey) { self.key = key }

    /// Makes a new pair.
    package static func generate() throws(CryptographyError) -> Ed25519Key {
        let context = unsafe try check(EVP_PKEY_CTX_new_from_name(nil, "ED25519", nil), "prepare a key")
        defer { unsafe EVP_PKEY_CTX_free(context) }
        try check(unsafe EVP_PKEY_keygen_init(context), "prepare a key")
        var raw: OpaquePointer?
        try check(unsafe EVP_PKEY_generate(context, &raw), "generate a key")
        return unsafe Ed25519Key(EVPKey(owning: try check(raw, "generate a key")))
    }

    /// Reads an unencrypted private key.
    package convenience init(pem: [UInt8]) throws(CryptographyError) {
        let key = try EVPKey(pem: pem)
        guard unsafe EVP_PKEY_is_a(key.raw, "ED25519") == 1 else {
            throw CryptographyError(.unsupportedKey, "sign files with a key that is not of Ed25519")
        }
        self.init(key)
    }

    /// Takes a public key as it stands in RFC 8032, 32 bytes; it can only verify.
    package convenience init(publicKey bytes: [UInt8]) throws(CryptographyError) {
        guard let raw = unsafe EVP_PKEY_new_raw_public_key_ex(nil, "ED25519", nil, bytes, bytes.count) else {
            throw .last("read an Ed25519 public key", .malformed)
        }
        self.init(unsafe EVPKey(owning: raw))
    }

    /// PKCS #8 in the clear.
    package func unencryptedPEM() throws(CryptographyError) -> SecretBytes { try key.unencryptedPEM() }

    /// The public half as it stands in RFC 8032, 32 bytes.
    package func publicKey() throws(CryptographyError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 32)
        var count = bytes.count
        try check(unsafe EVP_PKEY_get_raw_public_key(key.raw, &bytes, &count), "encode a public key")
        return bytes
    }

    /// The signature over some bytes, 64 of them.
    package func signature(over bytes: [UInt8]) throws(CryptographyError) -> [UInt8] {
        let context = unsafe try check(EVP_MD_CTX_new(), "prepare a signature")
        defer { unsafe EVP_MD_CTX_free(context) }
        try check(unsafe EVP_DigestSignInit(context, nil, nil, nil, key.raw), "prepare a signature")
        var signature = [UInt8](repeating: 0, count: 64)
        var count = signature.count
        try check(unsafe EVP_DigestSign(context, &signature, &count, bytes, bytes.count), "sign")
        return signature
    }

    /// Whether `signature` was made over these bytes by the private half of this key.
    package func isValid(_ signature: [UInt8], over bytes: [UInt8]) throws(CryptographyError) -> Bool {
        let context = unsafe try check(EVP_MD_CTX_new(), "prepare a verification")
        defer { unsafe EVP_MD_CTX_free(context) }
        try check(unsafe EVP_DigestVerifyInit(context, nil, nil, nil, key.raw), "prepare a verification")
        let answer = unsafe EVP_DigestVerify(context, signature, signature.count, bytes, bytes.count)
        ERR_clear_error()
        return answer == 1
    }
}
