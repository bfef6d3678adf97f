import Cryptography

/// What a command line brings: paths and words, turned into the values of this room.
extension Authority {
    /// Issues a device's leaf for the key of a PEM request in a file.
    package mutating func issueDevice(
        requestAt path: String,
        id: DeviceID,
        label: String?,
        renew: Bool
    ) throws -> Issued {
        let request = try at(path) {
            try SigningRequest(pem: DurableFile.read(path, limit: AuthorityFolder.fileLimit))
        }
        return try issueDevice(request, id: id, label: label, renew: renew)
    }

    /// Withdraws certificates for a reason given as one of `RevocationTarget.reasons`.
    package mutating func revoke(_ target: RevocationTarget, because word: String) throws -> [String] {
        guard let reason = RevocationList.Reason(word: word) else {
            throw AuthorityError(
                .invalidInput,
                "\"\(word.prefix(100))\" is not a reason",
                next: "give one of \(RevocationTarget.reasons.joined(separator: ", "))"
            )
        }
        return try revoke(target, reason: reason)
    }
}

extension RevocationTarget {
    /// The words for why a certificate is withdrawn.
    package static let reasons = RevocationList.Reason.allCases.map(\.word)

    /// The certificate with a serial number, hexadecimal, with or without colons.
    package static func serial(text: String) throws -> RevocationTarget {
        guard let serial = SerialNumber(text) else {
            throw AuthorityError(
                .invalidInput,
                "\"\(text.prefix(100))\" is not a serial number",
                next: "give it in hexadecimal, as \"ca-tools inspect\" prints it"
            )
        }
        return .serial(serial)
    }

    /// The first certificate of a PEM file.
    package static func certificate(at path: String) throws -> RevocationTarget {
        let certificate = try AuthorityFolder("").certificate(path)
        return .serial(try at(path) { try certificate.serial() })
    }
}

/// Writes a new file beside the CA, such as a copy of the bundle; one that is there already stays as it is.
package func writeNewFile(_ path: String, _ text: String) throws {
    try at(path) { try DurableFile.create(path, Array(text.utf8)) }
}

extension AuthorityFolder {
    /// The bundle's bytes as text.
    package func bundleText() throws -> String {
        try Authority.requireAuthority(self)
        let bytes = try read(bundle)
        _ = try BundleDocument.read(bytes, path: bundle)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The SHA-256 of the current root.
    package func rootFingerprint() throws -> String {
        let root = try certificate(root())
        return try at(self.root()) { try root.fingerprint() }
    }

    /// Whether something is there under this path already, a folder with content or a file.
    package func isTaken() throws -> Bool {
        guard DurableFile.mode(path) != nil else { return false }
        return try !entries(of: path).isEmpty
    }

    /// Whether this path is a CA's folder rather than a file.
    package var holdsAuthority: Bool { DurableFile.mode(bundle) != nil }
}
