import NIOCore

extension SocketAddress {
    /// The address in words; nil for a socket in the file system.
    ///
    /// Whoever connects over IPv4 to a listener on `[::]` arrives as `::ffff:192.0.2.1` (RFC 4291, 2.5.5.2), and is
    /// `192.0.2.1` here, as it would be on a listener for IPv4.
    var host: String? {
        guard let text = ipAddress else { return nil }
        let mapped = "::ffff:"
        return text.hasPrefix(mapped) && text.contains(".") ? String(text.dropFirst(mapped.count)) : text
    }

    /// The address as `host:port`, with brackets around an IPv6 host.
    var hostAndPort: String {
        guard let host, let port else { return "" }
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
