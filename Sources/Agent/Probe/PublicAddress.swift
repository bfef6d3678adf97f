/// Where a public URL leads: what is dialled, and what the request says.
struct PublicAddress: Sendable, Equatable {
    let isEncrypted: Bool
    /// Without brackets.
    let host: String
    let port: Int

    /// Reads `http://host`, `https://host:8443` and the like; anything behind the authority is left out.
    init?(_ url: String) {
        let rest: Substring
        if url.hasPrefix("https://") {
            (isEncrypted, rest) = (true, url.dropFirst(8))
        } else if url.hasPrefix("http://") {
            (isEncrypted, rest) = (false, url.dropFirst(7))
        } else {
            return nil
        }
        let authority = rest.prefix { !"/?#".contains($0) }
        let standard = isEncrypted ? 443 : 80
        guard let address = EdgeAddress(String(authority), standardPort: standard) else { return nil }
        host = address.host
        port = address.port
    }

    /// The value of the Host field.
    var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isEncrypted ? 443 : 80) ? name : "\(name):\(port)"
    }

    /// What to connect to: names under `localhost` are this machine, whatever resolvers say (RFC 6761, 6.3).
    var dialledHost: String { host == "localhost" || host.hasSuffix(".localhost") ? "127.0.0.1" : host }
}
