import COpenSSL

/// One entry of a certificate's alternative names.
package enum AlternativeName: Equatable, Sendable, CustomStringConvertible {
    /// A host name.
    case host(String)
    /// A URI.
    case uri(String)
    /// A kind this project never issues, with its number in the standard.
    case other(Int)

    package var description: String {
        switch self {
        case .host(let name): "DNS:\(name)"
        case .uri(let uri): "URI:\(uri)"
        case .other(let kind): "other:\(kind)"
        }
    }
}

/// One extension of a certificate as text for people.
package struct ExtensionText: Equatable, Sendable {
    /// OpenSSL's long name, or the dotted number of one that it does not know.
    package let name: String
    package let isCritical: Bool
    /// As `openssl x509 -text` prints it.
    package let value: String
}

extension X509Certificate {
    /// The alternative names in their order; empty without the extension.
    package func alternativeNames() throws(CryptographyError) -> [AlternativeName] {
        guard let raw = unsafe X509_get_ext_d2i(self.raw, NID_subject_alt_name, nil, nil) else {
            ERR_clear_error()
            return []
        }
        let names = OpaquePointer(raw)
        defer { unsafe GENERAL_NAMES_free(names) }
        return try (0..<(unsafe OPENSSL_sk_num(names))).map { index throws(CryptographyError) in
            guard let entry = unsafe OPENSSL_sk_value(names, index) else { throw .last("read an alternative name") }
            return unsafe name(of: entry.assumingMemoryBound(to: GENERAL_NAME.self).pointee)
        }
    }

    private func name(of entry: GENERAL_NAME) -> AlternativeName {
        let kind = unsafe entry.type
        guard kind == GEN_DNS || kind == GEN_URI, let text = unsafe entry.d.ia5 else { return .other(Int(kind)) }
        let bytes = unsafe UnsafeBufferPointer(start: ASN1_STRING_get0_data(text), count: Int(ASN1_STRING_length(text)))
        let value = unsafe String(decoding: bytes, as: UTF8.self)
        return kind == GEN_DNS ? .host(value) : .uri(value)
    }

    /// Every extension, in the certificate's order.
    package func extensionTexts() throws(CryptographyError) -> [ExtensionText] {
        try (0..<(unsafe X509_get_ext_count(raw))).map { index throws(CryptographyError) in
            let entry = unsafe X509_get_ext(raw, index)
            var name = [CChar](repeating: 0, count: 128)
            let length = unsafe OBJ_obj2txt(&name, Int32(name.count), X509_EXTENSION_get_object(entry), 0)
            let buffer = try MemoryBuffer.holding()
            // Extensions that OpenSSL cannot parse are dumped in hexadecimal.
            unsafe X509V3_EXT_print(buffer.raw, entry, UInt(X509V3_EXT_DUMP_UNKNOWN), 0)
            ERR_clear_error()
            let letters = name.prefix(max(0, min(Int(length), name.count - 1))).map { UInt8(bitPattern: $0) }
            return ExtensionText(
                name: String(decoding: letters, as: UTF8.self),
                isCritical: unsafe X509_EXTENSION_get_critical(entry) == 1,
                value: String(decoding: try buffer.drain(), as: UTF8.self)
            )
        }
    }
}
