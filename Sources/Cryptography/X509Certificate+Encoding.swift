import COpenSSL

extension X509Certificate {
    /// Reads one PEM certificate; what stands before or behind it is ignored.
    package convenience init(pem: [UInt8]) throws(CryptographyError) {
        let buffer = try MemoryBuffer.holding(pem)
        guard let raw = unsafe PEM_read_bio_X509(buffer.raw, nil, nil, nil) else {
            throw .last("read a PEM certificate", .malformed)
        }
        unsafe self.init(owning: raw)
    }

    /// Reads every certificate of a PEM file, leaf first; at most eight.
    package static func chain(pem: [UInt8]) throws(CryptographyError) -> [X509Certificate] {
        let buffer = try MemoryBuffer.holding(pem)
        var chain: [X509Certificate] = []
        while let raw = unsafe PEM_read_bio_X509(buffer.raw, nil, nil, nil) {
            chain.append(unsafe X509Certificate(owning: raw))
            guard chain.count <= 8 else {
                throw CryptographyError(.malformed, "read a file of more than 8 certificates")
            }
        }
        guard !chain.isEmpty else { throw .last("read a PEM certificate", .malformed) }
        // The end of the file is an error to OpenSSL; any other one means that a later certificate is damaged.
        let isEnd = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE
        guard isEnd else { throw .last("read the \(chain.count + 1). certificate of a file", .malformed) }
        ERR_clear_error()
        return chain
    }

    /// The certificate as PEM, with a line feed at the end.
    package func pem() throws(CryptographyError) -> [UInt8] {
        let buffer = try MemoryBuffer.holding()
        try check(unsafe PEM_write_bio_X509(buffer.raw, raw), "encode a certificate")
        return try buffer.drain()
    }

    /// The certificate as DER.
    package func der() throws(CryptographyError) -> [UInt8] {
        let buffer = try MemoryBuffer.holding()
        try check(unsafe i2d_X509_bio(buffer.raw, raw), "encode a certificate")
        return try buffer.drain()
    }
}
