package import struct FoundationEssentials.Date

/// Everything of a certificate that is not a key or a signature.
package struct CertificateTemplate: Sendable {
    /// Whom the certificate is about.
    package var subject: DistinguishedName
    /// Its number, unique for the issuer.
    package var serial: SerialNumber
    /// The first second in which it is valid.
    package var notBefore: Date
    /// The last second in which it is valid.
    package var notAfter: Date
    /// In the order in which they are written.
    package var extensions: [CertificateExtension]

    /// Takes each part as it is; nothing is added or left out.
    package init(
        subject: DistinguishedName,
        serial: SerialNumber,
        notBefore: Date,
        notAfter: Date,
        extensions: [CertificateExtension]
    ) {
        self.subject = subject
        self.serial = serial
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.extensions = extensions
    }
}
