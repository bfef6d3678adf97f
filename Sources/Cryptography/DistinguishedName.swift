import COpenSSL

/// The subject of a certificate: an organisation and a common name, each absent when nil.
package struct DistinguishedName: Equatable, Sendable {
    /// What signs nothing but stands first for the reader: the operator's domain.
    package let organization: String?
    /// The name people call it by.
    package let commonName: String?

    /// Both absent makes the empty name, for leaves that are known by their alternative name alone.
    package init(organization: String? = nil, commonName: String? = nil) {
        self.organization = organization
        self.commonName = commonName
    }

    /// Fills a name that OpenSSL owns.
    ///
    /// RFC 5280 bounds each attribute at 64 characters, which OpenSSL enforces.
    func write(to name: OpaquePointer?) throws(CryptographyError) {
        for (attribute, value) in [("O", organization), ("CN", commonName)] {
            guard let value else { continue }
            let bytes = Array(value.utf8)
            let answer = unsafe X509_NAME_add_entry_by_txt(
                name,
                attribute,
                openssl_shim_MBSTRING_UTF8,
                bytes,
                Int32(clamping: bytes.count),
                -1,
                0
            )
            guard answer == 1 else { throw .last("use \"\(value)\" as a certificate's \(attribute)", .invalidValue) }
        }
    }
}

extension DistinguishedName {
    /// A name of OpenSSL's as RFC 2253 text, escaped so that it is safe on a terminal.
    static func text(of name: OpaquePointer?) throws(CryptographyError) -> String {
        let buffer = try MemoryBuffer.holding()
        let answer = unsafe X509_NAME_print_ex(buffer.raw, name, 0, openssl_shim_XN_FLAG_RFC2253)
        guard answer >= 0 else { throw .last("print a name") }
        return String(decoding: try buffer.drain(), as: UTF8.self)
    }
}
