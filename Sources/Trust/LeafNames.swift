import FoundationEssentials
import X509

/// The names that a leaf of ours may carry, and nothing beside them.
enum LeafNames {
    private static let devicePrefix = "osm://device/"
    /// The most names of one edge.
    private static let limit = 64

    /// The names of an edge: DNS names alone, none of them a wildcard.
    static func edge(_ leaf: Certificate) throws(PeerRefusal) -> [String] {
        let names = try alternatives(of: leaf)
        guard !names.isEmpty else { throw .wrongName }
        var domains: [String] = []
        for name in names {
            guard case .dnsName(let text) = name, DomainName.isPlain(text) else { throw .constraintViolated }
            domains.append(DomainName.normalised(text))
        }
        return domains
    }

    /// The UUID of a device, from exactly one URI.
    static func device(_ leaf: Certificate) throws(PeerRefusal) -> String {
        let names = try alternatives(of: leaf)
        guard names.count == 1, case .uniformResourceIdentifier(let uri)? = names.first,
            uri.hasPrefix(devicePrefix)
        else { throw .wrongName }
        let text = String(uri.dropFirst(devicePrefix.count))
        guard let uuid = UUID(uuidString: text), text == uuid.uuidString.lowercased() else { throw .wrongName }
        return text
    }

    private static func alternatives(of leaf: Certificate) throws(PeerRefusal) -> [GeneralName] {
        let names: [GeneralName]
        do {
            names = Array(try leaf.extensions.subjectAlternativeNames ?? SubjectAlternativeNames())
        } catch {
            throw .constraintViolated
        }
        guard names.count <= limit else { throw .constraintViolated }
        return names
    }
}

/// DNS names as they are compared.
enum DomainName {
    /// Lower-case, and without the dot that stands for the root of the DNS.
    static func normalised(_ name: String) -> String {
        let lowered = name.lowercased()
        return lowered.hasSuffix(".") ? String(lowered.dropLast()) : lowered
    }

    /// Whether it names one host: letters, digits, hyphens and dots (RFC 1123, 2.1), so no wildcard and no trick.
    static func isPlain(_ name: String) -> Bool {
        let labels = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return name.utf8.count <= 253
            && labels.allSatisfy { label in
                (1...63).contains(label.count) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
                    && label.allSatisfy(isLetterDigitOrHyphen)
            }
    }

    private static func isLetterDigitOrHyphen(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

/// Serial numbers as they are compared.
enum SerialNumber {
    /// Without the leading zeros that DER adds for the sign.
    static func normalised(_ bytes: some Sequence<UInt8>) -> [UInt8] { Array(bytes.drop { $0 == 0 }) }
}
