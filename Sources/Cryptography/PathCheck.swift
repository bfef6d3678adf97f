import COpenSSL
package import struct FoundationEssentials.Date

/// OpenSSL's verdict on a chain, with `-x509_strict` on and every certificate's purpose checked.
package struct PathCheck {
    /// At which end of TLS the leaf stands.
    package enum Purpose: Sendable { case server, client }

    /// What is trusted; nothing of the system is.
    package var roots: [X509Certificate]
    /// What the leaf is to be used for.
    package var purpose: Purpose
    /// The moment for which the chain is judged.
    package var date: Date
    /// When not empty, the leaf's issuer must have a fresh list here, without the leaf on it.
    package var revocationLists: [RevocationList] = []
    /// When given, the leaf must be for this host.
    package var host: String?

    /// A check without revocation lists and without a host.
    package init(roots: [X509Certificate], purpose: Purpose, date: Date) {
        self.roots = roots
        self.purpose = purpose
        self.date = date
    }

    /// Throws `untrusted` with OpenSSL's reason unless the leaf stands on one of the roots.
    package func verify(_ leaf: X509Certificate, through issuers: [X509Certificate]) throws(CryptographyError) {
        let store = unsafe try check(X509_STORE_new(), "allocate a trust store")
        defer { unsafe X509_STORE_free(store) }
        for root in roots { try check(unsafe X509_STORE_add_cert(store, root.raw), "trust a root") }
        for list in revocationLists { try check(unsafe X509_STORE_add_crl(store, list.raw), "use a revocation list") }
        let stack = unsafe try check(OPENSSL_sk_new_null(), "list issuers")
        defer { unsafe OPENSSL_sk_free(stack) }
        for issuer in issuers {
            guard unsafe OPENSSL_sk_push(stack, UnsafeRawPointer(issuer.raw)) > 0 else { throw .last("list issuers") }
        }
        let context = unsafe try check(X509_STORE_CTX_new(), "prepare a path")
        defer { unsafe X509_STORE_CTX_free(context) }
        try check(unsafe X509_STORE_CTX_init(context, store, leaf.raw, stack), "prepare a path")
        unsafe try configure(X509_STORE_CTX_get0_param(context))
        let answer = unsafe X509_verify_cert(context)
        ERR_clear_error()
        withExtendedLifetime((issuers, leaf)) {}
        guard answer == 1 else {
            let reason = unsafe String(cString: X509_verify_cert_error_string(Int(X509_STORE_CTX_get_error(context))))
            throw CryptographyError(.untrusted, "trust the chain", reason: reason)
        }
    }

    private func configure(_ parameters: OpaquePointer?) throws(CryptographyError) {
        let flags = X509_V_FLAG_X509_STRICT | (revocationLists.isEmpty ? 0 : X509_V_FLAG_CRL_CHECK)
        try check(unsafe X509_VERIFY_PARAM_set_flags(parameters, UInt(flags)), "demand strictness")
        let wanted =
            switch purpose {
            case .server: X509_PURPOSE_SSL_SERVER
            case .client: X509_PURPOSE_SSL_CLIENT
            }
        try check(unsafe X509_VERIFY_PARAM_set_purpose(parameters, wanted), "demand a purpose")
        unsafe X509_VERIFY_PARAM_set_time(parameters, time_t(date.timeIntervalSince1970))
        if let host {
            try check(unsafe X509_VERIFY_PARAM_set1_host(parameters, host, host.utf8.count), "demand a host")
        }
    }
}
