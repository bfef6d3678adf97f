/// The two issuing CAs: one for edges, one for devices.
package enum IssuerRole: String, CaseIterable, Sendable {
    case edge, device
}

/// Where everything of an operator's CA lies.
package struct AuthorityFolder: Sendable, Equatable {
    /// Which root a file belongs to: only during a rotation is there more than one.
    package enum Generation: String, CaseIterable, Sendable {
        case current, next, previous
    }

    /// The folder itself, without a slash at its end.
    package let path: String

    /// Takes a path as it is, apart from slashes at its end.
    package init(_ path: String) {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.path = path
    }

    package var lock: String { "\(path)/.lock" }
    package var log: String { "\(path)/log/issuance.jsonl" }
    package var logHead: String { "\(path)/log/head" }
    package var bundle: String { "\(path)/bundle/operator-ca.json" }
    package var edges: String { "\(path)/edges" }
    package var devices: String { "\(path)/devices" }
    /// The root's key and its passphrase after `serve --init`, until somebody takes them away.
    package var offline: String { "\(path)/offline" }
    package var retired: String { "\(path)/retired" }

    /// The top of one generation's folders.
    package func base(_ generation: Generation) -> String {
        switch generation {
        case .current: path
        case .next: "\(path)/next"
        case .previous: "\(path)/previous"
        }
    }

    package func rootKey(_ generation: Generation = .current) -> String { "\(base(generation))/root/root.key" }
    package func root(_ generation: Generation = .current) -> String { "\(base(generation))/root/root.pem" }

    package func issuerKey(_ role: IssuerRole, _ generation: Generation = .current) -> String {
        "\(base(generation))/\(role.rawValue)-ca/\(role.rawValue)-ca.key"
    }

    package func issuer(_ role: IssuerRole, _ generation: Generation = .current) -> String {
        "\(base(generation))/\(role.rawValue)-ca/\(role.rawValue)-ca.pem"
    }

    /// The lists of what this role's CAs have revoked, one for each generation.
    package func revocationLists(_ role: IssuerRole) -> String { "\(path)/crl/\(role.rawValue)s.crl" }

    package func edgeKey(_ name: DomainName) -> String { "\(edges)/\(name)/edge.key" }
    package func edge(_ name: DomainName) -> String { "\(edges)/\(name)/edge.pem" }
    package func device(_ id: DeviceID) -> String { "\(devices)/\(id).pem" }

    /// The folders of a generation, moved as they are when it changes its place.
    package static let generationParts = ["root", "edge-ca", "device-ca"]
    /// The folders besides, present from the start.
    package static let otherParts = ["edges", "devices", "devices/past", "crl", "bundle", "log"]
    /// More than any file here holds but the log.
    package static let fileLimit = 1 << 20
    /// About a million entries; beyond that the log wants archiving.
    package static let logLimit = 1 << 29
}
