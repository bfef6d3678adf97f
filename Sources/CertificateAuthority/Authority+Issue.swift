package import Cryptography
import FoundationEssentials

/// A certificate that was issued, and where it lies.
package struct Issued: Sendable, Codable, Equatable {
    package let path: String
    /// What the certificate names: a host or a device's URI.
    package let subject: String
    package let serial: String
    package let notAfter: String
    package let sha256: String
    /// PEM of the leaf and its CA.
    package let pem: String

    private enum CodingKeys: String, CodingKey {
        case path, subject, serial, sha256, pem
        case notAfter = "not_after"
    }
}

extension Authority {
    /// Issues an edge's leaf; with `renew` for the key that is there, else with a new key in a new folder.
    package mutating func issueEdge(_ name: DomainName, renew: Bool) throws -> Issued {
        let domain = try DomainName(bundle.domain)
        guard name.isWithin(domain) else {
            throw AuthorityError(
                .invalidInput,
                "\(name) is not within \(domain), to which this CA is bound",
                next: "name the edge \(domain) or something below it"
            )
        }
        let folderOfEdge = "\(folder.edges)/\(name)"
        let exists = DurableFile.mode(folder.edge(name)) != nil
        try requireRenewal(renew, exists: exists, name.description)
        let issuer = try folder.loadIssuer(.edge)
        let key = try at(folder.edgeKey(name)) {
            guard DurableFile.mode(folder.edgeKey(name)) == nil else {
                return try EVPKey(pem: DurableFile.read(folder.edgeKey(name), limit: AuthorityFolder.fileLimit))
            }
            let key = try EVPKey.generate(.p256)
            if DurableFile.mode(folderOfEdge) == nil { try DurableFile.makeFolder(folderOfEdge) }
            if DurableFile.mode("\(folderOfEdge)/past") == nil { try DurableFile.makeFolder("\(folderOfEdge)/past") }
            try key.unencryptedPEM().withBytes { try DurableFile.create(folder.edgeKey(name), $0) }
            return key
        }
        let template = try profile().edge(name, under: issuer.certificate)
        return try issue(
            .edgeIssued,
            template,
            for: key,
            by: issuer,
            subject: name.description,
            label: nil,
            path: folder.edge(name),
            archive: exists ? "\(folderOfEdge)/past" : nil
        )
    }

    /// Issues a device's leaf for the key of a request; whatever else the request asks for is ignored.
    package mutating func issueDevice(
        _ request: SigningRequest,
        id: DeviceID,
        label: String?,
        renew: Bool
    ) throws -> Issued {
        let key = try at("the signing request") {
            let key = try request.publicKey()
            guard key.curve == .p256 else {
                throw CryptographyError(.unsupportedKey, "certify a device's key that is not on P-256")
            }
            return key
        }
        if let label { try requirePlain(label) }
        let exists = DurableFile.mode(folder.device(id)) != nil
        try requireRenewal(renew, exists: exists, "device \(id)")
        if exists { try requireUnrevoked(id) }
        let issuer = try folder.loadIssuer(.device)
        let template = try profile().device(id, under: issuer.certificate)
        return try issue(
            .deviceIssued,
            template,
            for: key,
            by: issuer,
            subject: id.uri,
            label: label,
            path: folder.device(id),
            archive: exists ? "\(folder.devices)/past" : nil
        )
    }

    private mutating func issue(
        _ event: LogEntry.Event,
        _ template: CertificateTemplate,
        for key: EVPKey,
        by issuer: X509Certificate.Issuer,
        subject: String,
        label: String?,
        path: String,
        archive: String?
    ) throws -> Issued {
        try at(path) {
            let leaf = try X509Certificate.issue(template, for: key, by: issuer)
            let pem = try leaf.pem() + issuer.certificate.pem()
            var content = try LogEntry.Content.issued(event, leaf, by: issuer.certificate, subject: subject)
            content.label = label
            try record([content])
            if let archive {
                let old = try folder.certificate(path).serial()
                let place = "\(archive)/\(old).pem"
                if DurableFile.mode(place) == nil { try DurableFile.keep(path, as: place) }
                try DurableFile.replace(path, pem)
            } else {
                try DurableFile.create(path, pem)
            }
            return Issued(
                path: path,
                subject: subject,
                serial: template.serial.description,
                notAfter: try leaf.notAfter().rfc3339,
                sha256: try leaf.fingerprint(),
                pem: String(decoding: pem, as: UTF8.self)
            )
        }
    }

    private func requireRenewal(_ renew: Bool, exists: Bool, _ name: String) throws {
        if exists, !renew {
            throw AuthorityError(
                .exists,
                "\(name) has a certificate already",
                next: "add --renew to issue its next one; the old one stays in the folder named past"
            )
        }
        if renew, !exists {
            throw AuthorityError(.unknownCertificate, "\(name) has no certificate to renew", next: "leave --renew out")
        }
    }

    /// Whether the device's last certificate was withdrawn, and the device with it.
    func isRevoked(_ id: DeviceID) throws -> Bool {
        let serial = try at(folder.device(id)) { try folder.certificate(folder.device(id)).serial() }
        return log.revocations[serial.description] != nil
    }

    private func requireUnrevoked(_ id: DeviceID) throws {
        guard try !isRevoked(id) else {
            throw AuthorityError(
                .revoked,
                "the certificate of device \(id) was revoked, and what was revoked is not renewed",
                next: "enrol it as a new device, with \"ca-tools invite\" or with a new --id"
            )
        }
    }

    /// Keeps the log's canonical form free of escapes.
    func requirePlain(_ label: String) throws {
        let isPlain = label.utf8.allSatisfy {
            (0x20...0x7e).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
        }
        guard isPlain, (1...100).contains(label.utf8.count) else {
            throw AuthorityError(
                .invalidInput,
                "this label cannot go into the issuance log",
                next: "use 1 to 100 printable ASCII characters without quotes and backslashes"
            )
        }
    }
}
