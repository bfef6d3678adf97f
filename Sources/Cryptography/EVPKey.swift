import COpenSSL

/// A key of an elliptic curve: the pair, or the public half of it.
@safe package final class EVPKey {
    /// The curves this project uses.
    package enum Curve: String, Sendable {
        case p256 = "prime256v1"
        case p384 = "secp384r1"
    }

    let raw: OpaquePointer

    init(owning raw: OpaquePointer) { unsafe self.raw = raw }
    deinit { unsafe EVP_PKEY_free(raw) }

    /// Makes a new pair.
    package static func generate(_ curve: Curve) throws(CryptographyError) -> EVPKey {
        let context = unsafe try check(EVP_PKEY_CTX_new_from_name(nil, "EC", nil), "prepare a key")
        defer { unsafe EVP_PKEY_CTX_free(context) }
        try check(unsafe EVP_PKEY_keygen_init(context), "prepare a key")
        try check(unsafe EVP_PKEY_CTX_set_group_name(context, curve.rawValue), "choose a curve")
        var raw: OpaquePointer?
        try check(unsafe EVP_PKEY_generate(context, &raw), "generate a key")
        return unsafe EVPKey(owning: try check(raw, "generate a key"))
    }

    /// The curve, or nil for a key of another kind.
    package var curve: Curve? {
        var name = [CChar](repeating: 0, count: 64)
        var length = 0
        guard unsafe EVP_PKEY_get_group_name(raw, &name, name.count, &length) == 1 else {
            ERR_clear_error()
            return nil
        }
        return Curve(rawValue: String(decoding: name.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    /// The public half as a DER SubjectPublicKeyInfo.
    package func publicKeyDER() throws(CryptographyError) -> [UInt8] {
        let buffer = try MemoryBuffer.holding()
        try check(unsafe i2d_PUBKEY_bio(buffer.raw, raw), "encode a public key")
        return try buffer.drain()
    }

    /// An ECDSA signature in DER, with the hash that fits the curve.
    package func signature(over bytes: [UInt8]) throws(CryptographyError) -> [UInt8] {
        let context = unsafe try check(EVP_MD_CTX_new(), "prepare a signature")
        defer { unsafe EVP_MD_CTX_free(context) }
        try check(unsafe EVP_DigestSignInit(context, nil, digest, nil, raw), "prepare a signature")
        var length = 0
        try check(unsafe EVP_DigestSign(context, nil, &length, bytes, bytes.count), "measure a signature")
        var signature = [UInt8](repeating: 0, count: length)
        try check(unsafe EVP_DigestSign(context, &signature, &length, bytes, bytes.count), "sign")
        return Array(signature.prefix(length))
    }

    /// Whether `signature` was made over these bytes by the private half of this key.
    package func isValid(_ signature: [UInt8], over bytes: [UInt8]) throws(CryptographyError) -> Bool {
        let context = unsafe try check(EVP_MD_CTX_new(), "prepare a verification")
        defer { unsafe EVP_MD_CTX_free(context) }
        try check(unsafe EVP_DigestVerifyInit(context, nil, digest, nil, raw), "prepare a verification")
        let answer = unsafe EVP_DigestVerify(context, signature, signature.count, bytes, bytes.count)
        ERR_clear_error()
        return answer == 1
    }

    /// SHA-384 for P-384 and SHA-256 for the rest, so that the hash is never the weaker part.
    var digest: OpaquePointer {
        unsafe curve == .p384 ? EVP_sha384() : EVP_sha256()
    }
}
