import COpenSSL

/// An extension this project puts into certificates, in the form that OpenSSL's own configuration language spells.
package enum CertificateExtension: Equatable, Sendable {
    /// A CA that may have `pathLength` CAs below it.
    case authority(pathLength: Int)
    /// A certificate that signs no other.
    case endEntity
    /// Certificates and revocation lists may be signed.
    case signsCertificates
    /// Only handshakes and the like may be signed.
    case signsHandshakes
    /// May stand at the server's end of TLS.
    case serverAuthentication
    /// May stand at the client's end of TLS.
    case clientAuthentication
    /// Host names; critical when the subject is empty.
    case hosts([String], critical: Bool)
    /// One URI; critical when the subject is empty.
    case uri(String, critical: Bool)
    /// Below this CA only hosts at or under `domain`, and no address at all.
    case onlyHosts(under: String)
    /// Below this CA only URIs with exactly this host.
    case onlyURIs(host: String)
    /// The hash of the certificate's own key.
    case subjectKeyIdentifier
    /// The hash of the issuer's key.
    case authorityKeyIdentifier

    private var parts: (id: Int32, critical: Bool, value: String) {
        switch self {
        case .authority(let pathLength): (NID_basic_constraints, true, "CA:TRUE,pathlen:\(pathLength)")
        case .endEntity: (NID_basic_constraints, true, "CA:FALSE")
        case .signsCertificates: (NID_key_usage, true, "keyCertSign,cRLSign")
        case .signsHandshakes: (NID_key_usage, true, "digitalSignature")
        case .serverAuthentication: (NID_ext_key_usage, false, "serverAuth")
        case .clientAuthentication: (NID_ext_key_usage, false, "clientAuth")
        case .hosts(let names, let critical):
            (NID_subject_alt_name, critical, names.map { "DNS:\($0)" }.joined(separator: ","))
        case .uri(let uri, let critical): (NID_subject_alt_name, critical, "URI:\(uri)")
        case .onlyHosts(let domain):
            (
                NID_name_constraints, true,
                "permitted;DNS:\(domain),excluded;IP:0.0.0.0/0.0.0.0,excluded;IP:0:0:0:0:0:0:0:0/0:0:0:0:0:0:0:0"
            )
        case .onlyURIs(let host): (NID_name_constraints, true, "permitted;URI:\(host)")
        case .subjectKeyIdentifier: (NID_subject_key_identifier, false, "hash")
        case .authorityKeyIdentifier: (NID_authority_key_identifier, false, "keyid:always")
        }
    }

    /// What came from outside and lands in the text that OpenSSL parses.
    private var values: [String] {
        switch self {
        case .hosts(let names, _): names
        case .uri(let uri, _): [uri]
        case .onlyHosts(let domain): [domain]
        case .onlyURIs(let host): [host]
        case .authority, .endEntity, .signsCertificates, .signsHandshakes, .serverAuthentication,
            .clientAuthentication, .subjectKeyIdentifier, .authorityKeyIdentifier:
            []
        }
    }

    /// Builds the extension, which the caller frees.
    ///
    /// A value that could change the meaning of the text is refused.
    func make(_ context: inout X509V3_CTX) throws(CryptographyError) -> OpaquePointer {
        for value in values {
            let allPlain = value.utf8.allSatisfy { isPlain($0) }
            guard allPlain, !value.isEmpty else {
                throw CryptographyError(.invalidValue, "put \"\(value)\" into a certificate")
            }
        }
        let parts = parts
        let text = parts.critical ? "critical,\(parts.value)" : parts.value
        return unsafe try check(
            X509V3_EXT_nconf_nid(nil, &context, parts.id, text),
            "build the extension \"\(text)\""
        )
    }
}

/// Letters, digits and what host names and our URIs consist of besides: no comma, semicolon, space or control.
private func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
    case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: "*"): true
    default: false
    }
}
