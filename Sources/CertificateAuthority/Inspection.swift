import Cryptography
package import FoundationEssentials

/// What one file holds, in words; nothing secret is ever shown.
package struct Inspection: Sendable, Codable, Equatable {
    /// One certificate.
    package struct Certificate: Sendable, Codable, Equatable {
        package let subject: String
        package let issuer: String
        package let serial: String
        package let notBefore: String
        package let notAfter: String
        package let isExpired: Bool
        /// SHA-256 of the DER form.
        package let sha256: String
        package let key: String
        /// `DNS:` or `URI:` in front of each.
        package let names: [String]
        package let extensions: [Extension]

        private enum CodingKeys: String, CodingKey {
            case subject, issuer, serial, sha256, key, names, extensions
            case notBefore = "not_before"
            case notAfter = "not_after"
            case isExpired = "expired"
        }
    }

    /// One extension of a certificate, as OpenSSL words it.
    package struct Extension: Sendable, Codable, Equatable {
        package let name: String
        package let critical: Bool
        package let value: String
    }

    /// One revocation list.
    package struct List: Sendable, Codable, Equatable {
        package let issuer: String
        package let thisUpdate: String
        package let nextUpdate: String
        package let isStale: Bool
        package let serials: [String]

        private enum CodingKeys: String, CodingKey {
            case issuer, serials
            case thisUpdate = "this_update"
            case nextUpdate = "next_update"
            case isStale = "stale"
        }
    }

    package let path: String
    /// What kind of file it is, for people.
    package let kind: String
    package var certificates: [Certificate] = []
    package var lists: [List] = []
    package var bundle: BundleDocument?

    /// Reads a PEM file of certificates, lists, a request or a key, or a bundle.
    package static func file(_ path: String, now: Date = Date()) throws -> Inspection {
        let bytes = try at(path) { try DurableFile.read(path, limit: AuthorityFolder.fileLimit) }
        let text = String(decoding: bytes, as: UTF8.self)
        return try at(path) {
            if text.contains("-----BEGIN CERTIFICATE-----"), !text.hasPrefix("{") {
                let chain = try X509Certificate.chain(pem: bytes)
                return Inspection(
                    path: path,
                    kind: chain.count == 1 ? "certificate" : "certificate chain",
                    certificates: try chain.map { try Certificate($0, now: now) }
                )
            }
            if text.contains("-----BEGIN X509 CRL-----"), !text.hasPrefix("{") {
                let lists = try RevocationList.lists(pem: bytes)
                return Inspection(path: path, kind: "revocation lists", lists: try lists.map { try List($0, now: now) })
            }
            if text.contains("PRIVATE KEY-----") {
                return Inspection(path: path, kind: try keyKind(bytes))
            }
            if text.contains("-----BEGIN CERTIFICATE REQUEST-----") {
                let key = try SigningRequest(pem: bytes).publicKey()
                return Inspection(path: path, kind: "signing request, proved by its own key, \(Self.name(of: key))")
            }
            return try bundle(bytes, path: path, now: now)
        }
    }

    /// Reads every certificate and list of a CA's folder, and its bundle.
    package static func folder(_ folder: AuthorityFolder, now: Date = Date()) throws -> [Inspection] {
        try Authority.requireAuthority(folder)
        let authorities = folder.generations.flatMap { generation in
            [folder.root(generation)] + IssuerRole.allCases.map { folder.issuer($0, generation) }
        }
        let leaves = try folder.leaves().filter(\.isCurrent).map(\.path)
        let lists = IssuerRole.allCases.map { folder.revocationLists($0) }
        return try (authorities + leaves + lists + [folder.bundle]).map { try file($0, now: now) }
    }

    private static func keyKind(_ bytes: [UInt8]) throws -> String {
        if EVPKey.isEncrypted(pem: bytes) { return "private key, encrypted" }
        return "private key, NOT encrypted, \(name(of: try EVPKey(pem: bytes)))"
    }

    private static func bundle(_ bytes: [UInt8], path: String, now: Date) throws -> Inspection {
        let bundle: BundleDocument
        do {
            bundle = try BundleDocument.read(bytes, path: path)
        } catch {
            throw AuthorityError(
                .invalidInput,
                "\(path) holds nothing that this command knows",
                next: "give a PEM file, a bundle, or the folder of a CA"
            )
        }
        return Inspection(
            path: path,
            kind: "operator bundle",
            certificates: try bundle.roots.map { try Certificate(X509Certificate(pem: Array($0.utf8)), now: now) },
            lists: try (bundle.edgeCRL.map { try RevocationList.lists(pem: Array($0.utf8)) } ?? [])
                .map { try List($0, now: now) },
            bundle: bundle
        )
    }

    static func name(of key: EVPKey) -> String {
        switch key.curve {
        case .p256: "P-256"
        case .p384: "P-384"
        case nil: "another kind of key"
        }
    }
}

extension Inspection.Certificate {
    fileprivate init(_ certificate: X509Certificate, now: Date) throws {
        subject = try certificate.subject()
        issuer = try certificate.issuer()
        serial = try certificate.serial().description
        notBefore = try certificate.notBefore().rfc3339
        notAfter = try certificate.notAfter().rfc3339
        isExpired = try certificate.notAfter() < now
        sha256 = try certificate.fingerprint()
        key = Inspection.name(of: try certificate.publicKey())
        names = try certificate.alternativeNames().map(\.description)
        extensions = try certificate.extensionTexts().map {
            Inspection.Extension(name: $0.name, critical: $0.isCritical, value: $0.value)
        }
    }
}

extension Inspection.List {
    fileprivate init(_ list: RevocationList, now: Date) throws {
        issuer = try list.issuer()
        thisUpdate = try list.thisUpdate().rfc3339
        nextUpdate = try list.nextUpdate().rfc3339
        isStale = try list.nextUpdate() < now
        serials = try list.serials().map(\.description)
    }
}
