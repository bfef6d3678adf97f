import Cryptography
import Settings

/// Makes one generation: a root and the two issuing CAs below it.
struct GenerationMaker {
    let profile: Profile
    let cost: KeyDerivationCost

    /// Writes the three folders below `base`, and answers with what the log must say, and the PEM of the root and
    /// the device CA.
    func make(in base: String, passphrase: Secret) throws -> ([LogEntry.Content], root: String, deviceIssuer: String) {
        try at(base) {
            // P-384 for what lives for years; the leaves, which live for days, have the faster P-256.
            let key = try EVPKey.generate(.p384)
            let root = try X509Certificate.issue(profile.root(), for: key, by: nil)
            try DurableFile.makeFolder("\(base)/root")
            let locked = try passphrase.withBytes { try key.encryptedPEM(passphrase: copy $0, cost: cost) }
            try locked.withBytes { try DurableFile.create("\(base)/root/root.key", $0) }
            try DurableFile.create("\(base)/root/root.pem", root.pem())
            var contents = [try LogEntry.Content.issued(.rootIssued, root, by: root, subject: root.subject())]
            let signer = try X509Certificate.Issuer(certificate: root, key: key)
            var deviceIssuer = ""
            for role in IssuerRole.allCases {
                let issuer = try make(role, in: base, by: signer)
                contents.append(try .issued(event(role), issuer, by: root, subject: issuer.subject()))
                if role == .device { deviceIssuer = String(decoding: try issuer.pem(), as: UTF8.self) }
            }
            return (contents, String(decoding: try root.pem(), as: UTF8.self), deviceIssuer)
        }
    }

    private func event(_ role: IssuerRole) -> LogEntry.Event {
        switch role {
        case .edge: .edgeIssuerIssued
        case .device: .deviceIssuerIssued
        }
    }

    private func make(
        _ role: IssuerRole,
        in base: String,
        by root: X509Certificate.Issuer
    ) throws -> X509Certificate {
        let name = "\(role.rawValue)-ca"
        let key = try EVPKey.generate(.p384)
        let template = try profile.issuer(role, under: root.certificate)
        let issuer = try X509Certificate.issue(template, for: key, by: root)
        try DurableFile.makeFolder("\(base)/\(name)")
        try key.unencryptedPEM().withBytes { try DurableFile.create("\(base)/\(name)/\(name).key", $0) }
        try DurableFile.create("\(base)/\(name)/\(name).pem", issuer.pem())
        return issuer
    }
}

extension LogEntry.Content {
    /// What the log says about a certificate.
    static func issued(
        _ event: LogEntry.Event,
        _ certificate: X509Certificate,
        by issuer: X509Certificate,
        subject: String
    ) throws -> LogEntry.Content {
        var content = LogEntry.Content(event, subject: subject)
        content.serial = try certificate.serial()
        content.notAfter = try certificate.notAfter().rfc3339
        content.sha256 = try certificate.fingerprint()
        content.issuer = try issuer.fingerprint()
        return content
    }
}
