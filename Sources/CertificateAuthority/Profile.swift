import Cryptography
package import FoundationEssentials

/// What every certificate of the operator's CA looks like: names, lifetimes and constraints, and nothing that a
/// request may choose.
package struct Profile: Sendable {
    package static let rootLifetime = years(10)
    package static let issuerLifetime = years(5)
    package static let edgeLifetime: TimeInterval = 30 * day
    package static let deviceLifetime: TimeInterval = 7 * day
    /// A list is good for this long; operators sign a new one far more often.
    package static let revocationListLifetime: TimeInterval = 30 * day
    /// How far a certificate starts in the past, for clocks that run behind.
    package static let backdating: TimeInterval = 5 * 60
    /// The host part of the URIs that name devices, and the only one the device CA may write.
    package static let deviceHost = "device"

    private static let day: TimeInterval = 86_400
    private static func years(_ count: Double) -> TimeInterval { count * 365.25 * day }

    /// The operator's domain, to which the edge CA is bound.
    package let domain: DomainName
    /// Marks everything as a sample that agents refuse.
    package let isSample: Bool
    /// The moment of issuing.
    package let now: Date

    /// A profile for certificates made now.
    package init(domain: DomainName, isSample: Bool, now: Date) {
        self.domain = domain
        self.isSample = isSample
        // Certificates know whole seconds only.
        self.now = Date(timeIntervalSince1970: now.timeIntervalSince1970.rounded(.down))
    }

    /// The root: it signs the two issuing CAs and is then taken offline.
    func root() throws -> CertificateTemplate {
        try template(
            authority("root CA"),
            lifetime: Self.rootLifetime,
            within: nil,
            [.authority(pathLength: 1), .signsCertificates, .subjectKeyIdentifier]
        )
    }

    /// An issuing CA, which can sign leaves of its own kind and nothing else.
    func issuer(_ role: IssuerRole, under root: X509Certificate) throws -> CertificateTemplate {
        let limits: [CertificateExtension] =
            switch role {
            case .edge: [.serverAuthentication, .onlyHosts(under: domain.description)]
            case .device: [.clientAuthentication, .onlyURIs(host: Self.deviceHost)]
            }
        return try template(
            authority("\(role.rawValue) CA"),
            lifetime: Self.issuerLifetime,
            within: root,
            [.authority(pathLength: 0), .signsCertificates] + limits + [.subjectKeyIdentifier, .authorityKeyIdentifier]
        )
    }

    /// An edge's leaf.
    func edge(_ name: DomainName, under issuer: X509Certificate) throws -> CertificateTemplate {
        try leaf(
            lifetime: Self.edgeLifetime,
            within: issuer,
            [.serverAuthentication, .hosts([name.description], critical: true)]
        )
    }

    /// A device's leaf.
    func device(_ id: DeviceID, under issuer: X509Certificate) throws -> CertificateTemplate {
        try leaf(lifetime: Self.deviceLifetime, within: issuer, [.clientAuthentication, .uri(id.uri, critical: true)])
    }

    /// Leaves have an empty subject, so that their alternative name is critical and the only name there is.
    private func leaf(
        lifetime: TimeInterval,
        within issuer: X509Certificate,
        _ extensions: [CertificateExtension]
    ) throws -> CertificateTemplate {
        try template(
            DistinguishedName(),
            lifetime: lifetime,
            within: issuer,
            [.endEntity, .signsHandshakes] + extensions + [.subjectKeyIdentifier, .authorityKeyIdentifier]
        )
    }

    private func template(
        _ subject: DistinguishedName,
        lifetime: TimeInterval,
        within issuer: X509Certificate?,
        _ extensions: [CertificateExtension]
    ) throws -> CertificateTemplate {
        var notAfter = now.addingTimeInterval(lifetime)
        if let issuer {
            let end = try issuer.notAfter()
            guard end > now else {
                throw AuthorityError(
                    .wrongStage,
                    "the CA \"\(try issuer.subject())\" has expired",
                    next: "make new CAs with \"ca-tools rotate begin\""
                )
            }
            notAfter = min(notAfter, end)
        }
        return CertificateTemplate(
            subject: subject,
            serial: try .random(),
            notBefore: now.addingTimeInterval(-Self.backdating),
            notAfter: notAfter,
            extensions: extensions
        )
    }

    /// A CA's name; six random digits keep the generations apart.
    private func authority(_ kind: String) throws -> DistinguishedName {
        let mark = isSample ? "SAMPLE " : ""
        let name = domain.description
        return DistinguishedName(
            organization: name.count <= 64 ? name : nil,  // RFC 5280, ub-organization-name
            commonName: "\(mark)osmRouter \(kind) \(try Digest.random(count: 3).hexadecimal)"
        )
    }
}
