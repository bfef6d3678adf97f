import NIOCore

/// Decides whether a request may reach a route at all; what it returns is sent instead of the route's answer.
package typealias AdminCheck = @Sendable (AdminRequest) -> AdminResponse?

/// The two checks that the pieces use.
package enum AdminChecks {
    /// For a Unix socket: the file's mode has already decided.
    package static let none: AdminCheck = { _ in nil }

    /// For a port: the host is `localhost` or an IP literal, and a browser's page comes from that very host.
    ///
    /// A name that someone else's DNS points at this machine, and a foreign page that posts a form, both stop here.
    package static let literalHost: AdminCheck = { request in
        guard let host = request.host, isLocalhostOrLiteral(host) else {
            return .text("misdirected: ask by IP address or as localhost\n", status: 421)
        }
        guard let origin = request.origin, origin != "http://\(host)" else { return nil }
        return .text("forbidden: another site's page\n", status: 403)
    }

    private static func isLocalhostOrLiteral(_ host: String) -> Bool {
        var name = host[...]
        if name.hasPrefix("["), let end = name.firstIndex(of: "]") {
            let port = name[name.index(after: end)...]
            guard isPortSuffix(port) else { return false }
            name = name[name.index(after: name.startIndex)..<end]
        } else if let colon = name.firstIndex(of: ":") {
            guard isPortSuffix(name[colon...]) else { return false }
            name = name[..<colon]
        }
        return name.lowercased() == "localhost" || isLiteral(String(name))
    }

    private static func isPortSuffix(_ suffix: Substring) -> Bool {
        suffix.isEmpty || (suffix.first == ":" && UInt16(suffix.dropFirst()) != nil)
    }

    private static func isLiteral(_ name: String) -> Bool {
        do {
            _ = try SocketAddress(ipAddress: name, port: 0)
            return true
        } catch {
            return false
        }
    }
}
