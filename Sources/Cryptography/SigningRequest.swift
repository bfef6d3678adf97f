import COpenSSL

/// A PKCS #10 request whose sender has proved that it holds the private key.
@safe package final class SigningRequest {
    private let raw: OpaquePointer

    private init(owning raw: OpaquePointer) { unsafe self.raw = raw }
    deinit { unsafe X509_REQ_free(raw) }

    /// Reads a PEM request and checks its signature; one that does not verify never becomes an object.
    package convenience init(pem: [UInt8]) throws(CryptographyError) {
        let buffer = try MemoryBuffer.holding(pem)
        guard let raw = unsafe PEM_read_bio_X509_REQ(buffer.raw, nil, nil, nil) else {
            throw .last("read a PEM signing request", .malformed)
        }
        unsafe self.init(owning: raw)
        let key = try publicKey()
        guard unsafe X509_REQ_verify(raw, key.raw) == 1 else {
            throw .last("accept a signing request that its own key did not sign", .badSignature)
        }
    }

    /// Reads a DER request with nothing behind it and checks its signature; the key must be on `curve`.
    ///
    /// The curve is looked at first, so that a stranger cannot choose how much a verification costs.
    package convenience init(der: [UInt8], on curve: EVPKey.Curve) throws(CryptographyError) {
        let raw = unsafe der.withUnsafeBufferPointer { bytes -> OpaquePointer? in
            var place = bytes.baseAddress
            guard let request = unsafe d2i_X509_REQ(nil, &place, bytes.count) else { return nil }
            guard unsafe place == bytes.baseAddress.map({ unsafe $0 + bytes.count }) else {
                unsafe X509_REQ_free(request)
                return nil
            }
            return unsafe request
        }
        guard let raw = unsafe raw else { throw .last("read a DER signing request", .malformed) }
        unsafe self.init(owning: raw)
        let key = try publicKey()
        guard key.curve == curve else {
            throw CryptographyError(.unsupportedKey, "accept a signing request whose key is of another kind")
        }
        guard unsafe X509_REQ_verify(raw, key.raw) == 1 else {
            throw .last("accept a signing request that its own key did not sign", .badSignature)
        }
    }

    /// Makes a request; what it asks for besides the key is up to the CA to ignore.
    package static func make(
        key: EVPKey,
        subject: DistinguishedName,
        extensions: [CertificateExtension] = []
    ) throws(CryptographyError) -> SigningRequest {
        let request = unsafe SigningRequest(owning: try check(X509_REQ_new(), "allocate a signing request"))
        unsafe try subject.write(to: X509_REQ_get_subject_name(request.raw))
        try check(unsafe X509_REQ_set_pubkey(request.raw, key.raw), "set a request's key")
        try request.ask(for: extensions)
        guard unsafe X509_REQ_sign(request.raw, key.raw, key.digest) > 0 else { throw .last("sign a request") }
        return request
    }

    private func ask(for extensions: [CertificateExtension]) throws(CryptographyError) {
        guard !extensions.isEmpty else { return }
        let stack = unsafe try check(OPENSSL_sk_new_null(), "list extensions")
        defer { unsafe OPENSSL_sk_pop_free(stack) { unsafe X509_EXTENSION_free(OpaquePointer($0)) } }
        for wanted in extensions {
            var context = unsafe X509V3_CTX()
            unsafe X509V3_set_ctx(&context, nil, nil, raw, nil, 0)
            let made = unsafe try wanted.make(&context)
            guard unsafe OPENSSL_sk_push(stack, UnsafeRawPointer(made)) > 0 else {
                unsafe X509_EXTENSION_free(made)
                throw .last("list extensions")
            }
        }
        try check(unsafe X509_REQ_add_extensions(raw, stack), "ask for extensions")
    }

    /// The key to be certified.
    package func publicKey() throws(CryptographyError) -> EVPKey {
        unsafe EVPKey(owning: try check(X509_REQ_get_pubkey(raw), "read a request's key"))
    }

    /// The request as PEM.
    package func pem() throws(CryptographyError) -> [UInt8] {
        let buffer = try MemoryBuffer.holding()
        try check(unsafe PEM_write_bio_X509_REQ(buffer.raw, raw), "encode a signing request")
        return try buffer.drain()
    }

    /// The request as DER.
    package func der() throws(CryptographyError) -> [UInt8] {
        let buffer = try MemoryBuffer.holding()
        try check(unsafe i2d_X509_REQ_bio(buffer.raw, raw), "encode a signing request")
        return try buffer.drain()
    }
}
