import X509

/// The name constraints of one authority (RFC 5280, 4.2.1.10), for the kinds of names that our leaves carry.
struct NameRules {
    private let permitted: [GeneralName]
    private let excluded: [GeneralName]

    init(_ authority: Certificate) throws {
        let constraints = try authority.extensions.nameConstraints
        permitted = constraints?.permittedSubtrees ?? []
        excluded = constraints?.excludedSubtrees ?? []
        guard (permitted + excluded).allSatisfy(Self.isUnderstood) else { throw PeerRefusal.constraintViolated }
    }

    /// Whether the authority may issue for every name of the leaf.
    func allow(_ leaf: Certificate) throws -> Bool {
        let names = try leaf.extensions.subjectAlternativeNames ?? SubjectAlternativeNames()
        return names.allSatisfy { name in
            switch name {
            case .dnsName(let text): allows(Self.domains, text, Self.isWithin)
            case .uniformResourceIdentifier(let text): allows(Self.hosts, text, Self.isOnHost)
            // No leaf of ours carries one, see LeafNames; so no rule about them needs to be weighed.
            case .otherName, .rfc822Name, .x400Address, .directoryName, .ediPartyName, .ipAddress, .registeredID:
                false
            }
        }
    }

    private func allows(
        _ kind: (GeneralName) -> String?,
        _ name: String,
        _ covers: (String, String) -> Bool
    ) -> Bool {
        let permitted = permitted.compactMap(kind)
        let isPermitted = permitted.isEmpty || permitted.contains { covers(name, $0) }
        return isPermitted && !excluded.compactMap(kind).contains { covers(name, $0) }
    }

    /// A rule about the subject would have to be weighed against every certificate; the other kinds touch no name of ours.
    ///
    /// A rule that is no name might be read as more, or as less, than its author meant.
    private static func isUnderstood(_ rule: GeneralName) -> Bool {
        switch rule {
        case .dnsName(let domain): domain.isEmpty || isNameOrBelow(domain)
        case .uniformResourceIdentifier(let host): isNameOrBelow(host)
        case .ipAddress, .rfc822Name: true
        case .directoryName, .otherName, .x400Address, .ediPartyName, .registeredID: false
        }
    }

    private static func isNameOrBelow(_ rule: String) -> Bool {
        DomainName.isPlain(rule.hasPrefix(".") ? String(rule.dropFirst()) : rule)
    }

    private static func domains(_ rule: GeneralName) -> String? {
        guard case .dnsName(let domain) = rule else { return nil }
        return domain
    }

    private static func hosts(_ rule: GeneralName) -> String? {
        guard case .uniformResourceIdentifier(let host) = rule else { return nil }
        return host
    }

    /// A DNS rule covers the domain itself and what lies below it; with a leading dot only what lies below.
    private static func isWithin(_ name: String, _ rule: String) -> Bool {
        let name = DomainName.normalised(name)
        let rule = rule.lowercased()
        if rule.isEmpty { return true }
        if rule.hasPrefix(".") { return name.hasSuffix(rule) }
        return name == rule || name.hasSuffix(".\(rule)")
    }

    /// A URI rule covers one host; with a leading dot what lies below it.
    private static func isOnHost(_ uri: String, _ rule: String) -> Bool {
        guard let host = host(of: uri) else { return false }
        let rule = rule.lowercased()
        return rule.hasPrefix(".") ? host.hasSuffix(rule) : host == rule
    }

    /// What stands between `//` and the path, without a port.
    private static func host(of uri: String) -> String? {
        guard let start = uri.firstRange(of: "://")?.upperBound else { return nil }
        let authority = uri[start...].prefix { !"/?#".contains($0) }
        guard !authority.contains("@") else { return nil }
        let host = authority.prefix { $0 != ":" }
        return host.isEmpty ? nil : host.lowercased()
    }
}
