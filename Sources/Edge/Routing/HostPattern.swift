package import TunnelProtocol

/// What a binding says about hosts: one name, or every name exactly one label below another.
///
/// A wildcard stands for one label, as it does in certificates (RFC 6125, 6.4.3), so at most one wildcard matches a host.
/// Names of other scripts come as A-labels; U-labels are no host names.
package enum HostPattern: Hashable, Sendable, CustomStringConvertible {
    case exact(HostName)
    /// `*.` and this name.
    case below(HostName)

    /// Reads `app.example.com` or `*.apps.example.com`, in any case, perhaps with a trailing dot or a port.
    package init?(_ written: some StringProtocol) {
        let isWildcard = written.hasPrefix("*.")
        guard let name = isWildcard ? HostName(written.dropFirst(2)) : HostName(written) else { return nil }
        self = isWildcard ? .below(name) : .exact(name)
    }

    package var description: String {
        switch self {
        case .exact(let name): name.text
        case .below(let name): "*.\(name.text)"
        }
    }
}
