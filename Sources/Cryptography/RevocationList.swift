import COpenSSL
package import struct FoundationEssentials.Date

/// A signed list of the certificates of one CA that are no longer good.
@safe package final class RevocationList {
    /// Why a certificate was withdrawn; the raw values are those of RFC 5280, 5.3.1.
    package enum Reason: Int, CaseIterable, Sendable {
        case unspecified = 0
        case keyCompromise = 1
        case affiliationChanged = 3
        case superseded = 4
        case cessationOfOperation = 5
    }

    /// One withdrawn certificate.
    package struct Entry: Equatable, Sendable {
        package let serial: SerialNumber
        package let date: Date
        package let reason: Reason

        /// The date in whole seconds; what is finer is cut off.
        package init(serial: SerialNumber, date: Date, reason: Reason) {
            self.serial = serial
            self.date = date
            self.reason = reason
        }
    }

    let raw: OpaquePointer

    init(owning raw: OpaquePointer) { unsafe self.raw = raw }
    deinit { unsafe X509_CRL_free(raw) }

    /// Signs a list; `number` must grow from list to list of one CA.
    package static func issue(
        _ entries: [Entry],
        number: Int,
        from thisUpdate: Date,
        until nextUpdate: Date,
        by issuer: X509Certificate.Issuer
    ) throws(CryptographyError) -> RevocationList {
        let list = unsafe RevocationList(owning: try check(X509_CRL_new(), "allocate a revocation list"))
        let raw = unsafe list.raw
        try check(unsafe X509_CRL_set_version(raw, 1), "set the version")  // counted from 0: version 2
        let name = unsafe X509_get_subject_name(issuer.certificate.raw)
        try check(unsafe X509_CRL_set_issuer_name(raw, name), "set the issuer")
        let first = unsafe try LibraryTime.make(thisUpdate)
        defer { unsafe ASN1_TIME_free(first) }
        let last = unsafe try LibraryTime.make(nextUpdate)
        defer { unsafe ASN1_TIME_free(last) }
        try check(unsafe X509_CRL_set1_lastUpdate(raw, first), "date a revocation list")
        try check(unsafe X509_CRL_set1_nextUpdate(raw, last), "date a revocation list")
        for entry in entries { try list.add(entry) }
        try check(unsafe X509_CRL_sort(raw), "sort a revocation list")
        try list.addExtensions(number: number, issuer: issuer.certificate)
        guard unsafe X509_CRL_sign(raw, issuer.key.raw, issuer.key.digest) > 0 else {
            throw .last("sign a revocation list")
        }
        return list
    }

    private func add(_ entry: Entry) throws(CryptographyError) {
        let revoked = unsafe try check(X509_REVOKED_new(), "allocate a revocation")
        var isOwned = true
        defer { if isOwned { unsafe X509_REVOKED_free(revoked) } }
        let serial = unsafe try LibraryInteger.make(entry.serial.bytes)
        defer { unsafe ASN1_INTEGER_free(serial) }
        let date = unsafe try LibraryTime.make(entry.date)
        defer { unsafe ASN1_TIME_free(date) }
        try check(unsafe X509_REVOKED_set_serialNumber(revoked, serial), "set a revoked serial number")
        try check(unsafe X509_REVOKED_set_revocationDate(revoked, date), "date a revocation")
        if entry.reason != .unspecified {  // RFC 5280, 5.3.1: absent rather than unspecified
            let reason = unsafe try check(ASN1_ENUMERATED_new(), "allocate a reason")
            defer { unsafe ASN1_ENUMERATED_free(reason) }
            try check(unsafe ASN1_ENUMERATED_set(reason, entry.reason.rawValue), "set a reason")
            try check(unsafe X509_REVOKED_add1_ext_i2d(revoked, NID_crl_reason, reason, 0, 0), "set a reason")
        }
        try check(unsafe X509_CRL_add0_revoked(raw, revoked), "add a revocation")
        isOwned = false
    }

    private func addExtensions(number: Int, issuer: X509Certificate) throws(CryptographyError) {
        let integer = unsafe try LibraryInteger.make(withUnsafeBytes(of: UInt64(number).bigEndian) { unsafe Array($0) })
        defer { unsafe ASN1_INTEGER_free(integer) }
        try check(unsafe X509_CRL_add1_ext_i2d(raw, NID_crl_number, integer, 0, 0), "number a revocation list")
        var context = unsafe X509V3_CTX()
        unsafe X509V3_set_ctx(&context, issuer.raw, nil, nil, raw, 0)
        let keyIdentifier = unsafe try CertificateExtension.authorityKeyIdentifier.make(&context)
        defer { unsafe X509_EXTENSION_free(keyIdentifier) }
        try check(unsafe X509_CRL_add_ext(raw, keyIdentifier, -1), "name a revocation list's key")
    }
}
