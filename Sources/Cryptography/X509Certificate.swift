import COpenSSL
package import struct FoundationEssentials.Date

/// A certificate, read or newly signed; it never changes.
@safe package final class X509Certificate {
    /// Who signs: the CA's certificate and its private key, which must belong together.
    package struct Issuer {
        package let certificate: X509Certificate
        package let key: EVPKey

        /// Throws unless the key is the certificate's.
        package init(certificate: X509Certificate, key: EVPKey) throws(CryptographyError) {
            guard try certificate.publicKey().publicKeyDER() == key.publicKeyDER() else {
                throw CryptographyError(.invalidValue, "sign with a key that does not belong to the CA's certificate")
            }
            self.certificate = certificate
            self.key = key
        }
    }

    let raw: OpaquePointer

    init(owning raw: OpaquePointer) { unsafe self.raw = raw }
    deinit { unsafe X509_free(raw) }

    /// Signs a new certificate over the public half of `key`; without an issuer the key signs for itself.
    package static func issue(
        _ template: CertificateTemplate,
        for key: EVPKey,
        by issuer: Issuer?
    ) throws(CryptographyError) -> X509Certificate {
        let certificate = unsafe X509Certificate(owning: try check(X509_new(), "allocate a certificate"))
        let raw = unsafe certificate.raw
        try check(unsafe X509_set_version(raw, 2), "set the version")  // counted from 0: version 3
        let serial = unsafe try LibraryInteger.make(template.serial.bytes)
        defer { unsafe ASN1_INTEGER_free(serial) }
        try check(unsafe X509_set_serialNumber(raw, serial), "set the serial number")
        let notBefore = unsafe try LibraryTime.make(template.notBefore)
        defer { unsafe ASN1_TIME_free(notBefore) }
        let notAfter = unsafe try LibraryTime.make(template.notAfter)
        defer { unsafe ASN1_TIME_free(notAfter) }
        try check(unsafe X509_set1_notBefore(raw, notBefore), "set the first valid second")
        try check(unsafe X509_set1_notAfter(raw, notAfter), "set the last valid second")
        unsafe try template.subject.write(to: X509_get_subject_name(raw))
        let signer = issuer?.certificate ?? certificate
        try check(unsafe X509_set_issuer_name(raw, X509_get_subject_name(signer.raw)), "set the issuer")
        try check(unsafe X509_set_pubkey(raw, key.raw), "set the public key")
        try certificate.add(template.extensions, signedBy: signer)
        let signingKey = issuer?.key ?? key
        guard unsafe X509_sign(raw, signingKey.raw, signingKey.digest) > 0 else { throw .last("sign a certificate") }
        return certificate
    }

    private func add(_ extensions: [CertificateExtension], signedBy signer: X509Certificate) throws(CryptographyError) {
        for wanted in extensions {
            var context = unsafe X509V3_CTX()
            unsafe X509V3_set_ctx(&context, signer.raw, raw, nil, nil, 0)
            let made = unsafe try wanted.make(&context)
            defer { unsafe X509_EXTENSION_free(made) }
            try check(unsafe X509_add_ext(raw, made, -1), "add an extension")
        }
    }

    /// The public key inside.
    package func publicKey() throws(CryptographyError) -> EVPKey {
        unsafe EVPKey(owning: try check(X509_get_pubkey(raw), "read a certificate's public key"))
    }

    /// The certificate's number.
    package func serial() throws(CryptographyError) -> SerialNumber {
        unsafe try LibraryInteger.serial(X509_get0_serialNumber(raw))
    }

    /// The first second in which it is valid.
    package func notBefore() throws(CryptographyError) -> Date { unsafe try LibraryTime.date(X509_get0_notBefore(raw)) }

    /// The last second in which it is valid.
    package func notAfter() throws(CryptographyError) -> Date { unsafe try LibraryTime.date(X509_get0_notAfter(raw)) }

    /// Whom it is about, as RFC 2253 text; empty for most leaves.
    package func subject() throws(CryptographyError) -> String {
        unsafe try DistinguishedName.text(of: X509_get_subject_name(raw))
    }

    /// Who signed it, as RFC 2253 text.
    package func issuer() throws(CryptographyError) -> String {
        unsafe try DistinguishedName.text(of: X509_get_issuer_name(raw))
    }

    /// The SHA-256 of the DER form in hexadecimal.
    package func fingerprint() throws(CryptographyError) -> String {
        try Digest.sha256(der()).hexadecimal
    }

    /// Whether this certificate names `issuer` as its own and carries a signature of that key.
    package func isSigned(by issuer: X509Certificate) throws(CryptographyError) -> Bool {
        defer { ERR_clear_error() }
        guard unsafe X509_check_issued(issuer.raw, raw) == X509_V_OK else { return false }
        let key = try issuer.publicKey()
        return unsafe X509_verify(raw, key.raw) == 1
    }
}
