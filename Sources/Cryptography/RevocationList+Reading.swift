import COpenSSL
package import struct FoundationEssentials.Date

extension RevocationList {
    /// Reads every list of a PEM file, at most eight.
    ///
    /// None at all is an error.
    package static func lists(pem: [UInt8]) throws(CryptographyError) -> [RevocationList] {
        let buffer = try MemoryBuffer.holding(pem)
        var lists: [RevocationList] = []
        while let raw = unsafe PEM_read_bio_X509_CRL(buffer.raw, nil, nil, nil) {
            lists.append(unsafe RevocationList(owning: raw))
            guard lists.count <= 8 else { throw CryptographyError(.malformed, "read a file of more than 8 lists") }
        }
        let isEnd = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE
        guard isEnd, !lists.isEmpty else { throw .last("read a PEM revocation list", .malformed) }
        ERR_clear_error()
        return lists
    }

    /// The list as PEM.
    package func pem() throws(CryptographyError) -> [UInt8] {
        let buffer = try MemoryBuffer.holding()
        try check(unsafe PEM_write_bio_X509_CRL(buffer.raw, raw), "encode a revocation list")
        return try buffer.drain()
    }

    /// Who signed it, as RFC 2253 text.
    package func issuer() throws(CryptographyError) -> String {
        unsafe try DistinguishedName.text(of: X509_CRL_get_issuer(raw))
    }

    /// When it was signed.
    package func thisUpdate() throws(CryptographyError) -> Date {
        unsafe try LibraryTime.date(X509_CRL_get0_lastUpdate(raw))
    }

    /// When a newer one must be there.
    package func nextUpdate() throws(CryptographyError) -> Date {
        unsafe try LibraryTime.date(X509_CRL_get0_nextUpdate(raw))
    }

    /// Whether the list names `issuer` and carries a signature of its key.
    package func isSigned(by issuer: X509Certificate) throws(CryptographyError) -> Bool {
        defer { ERR_clear_error() }
        guard unsafe X509_NAME_cmp(X509_CRL_get_issuer(raw), X509_get_subject_name(issuer.raw)) == 0 else {
            return false
        }
        let key = try issuer.publicKey()
        return unsafe X509_CRL_verify(raw, key.raw) == 1
    }

    /// The serial numbers on the list.
    package func serials() throws(CryptographyError) -> [SerialNumber] {
        let entries = unsafe X509_CRL_get_REVOKED(raw)
        let count = unsafe entries == nil ? 0 : OPENSSL_sk_num(entries)
        return try (0..<count).map { index throws(CryptographyError) in
            guard let entry = unsafe OPENSSL_sk_value(entries, index) else { throw .last("read a revocation") }
            return unsafe try LibraryInteger.serial(X509_REVOKED_get0_serialNumber(OpaquePointer(entry)))
        }
    }
}
