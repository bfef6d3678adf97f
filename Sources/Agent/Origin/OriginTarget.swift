import TunnelProtocol

/// The local service that an agent serves: a port on this machine, and which HTTP is spoken there.
///
/// Only loopback addresses are taken, so that a tunnel never becomes a way into the network behind the laptop.
package struct OriginTarget: Sendable, Equatable, CustomStringConvertible {
    /// The HTTP that the service speaks; always without TLS.
    package enum Scheme: String, Sendable {
        case http
        /// HTTP/2 by prior knowledge, as gRPC servers want it.
        case http2
    }

    package let scheme: Scheme
    package let host: String
    package let port: Int

    /// Reads `3000`, `localhost:3000`, `127.0.0.1:3000` or `[::1]:3000`, each also after `http://` or `http2://`.
    package init(_ text: String) throws(OriginTargetError) {
        let (scheme, bare) = Self.split(text)
        if let port = UInt16(portDigits: bare), port > 0 {
            self.init(scheme: scheme, host: "127.0.0.1", port: Int(port))
            return
        }
        guard let colon = bare.lastIndex(of: ":"), let port = UInt16(portDigits: bare[bare.index(after: colon)...]),
            port > 0
        else { throw .notAnAddress(text) }
        let host = String(bare[..<colon])
        guard Self.isLoopback(host) else { throw .notLoopback(host) }
        self.init(scheme: scheme, host: host == "[::1]" ? "::1" : host, port: Int(port))
    }

    private static func split(_ text: String) -> (scheme: Scheme, address: String) {
        for scheme in [Scheme.http, .http2] where text.hasPrefix("\(scheme.rawValue)://") {
            return (scheme, String(text.dropFirst(scheme.rawValue.count + 3)))
        }
        return (.http, text)
    }

    private init(scheme: Scheme, host: String, port: Int) {
        self.scheme = scheme
        self.host = host
        self.port = port
    }

    /// 127.0.0.0/8, ::1 and the name that stands for them; nothing that a resolver could turn into something else.
    private static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let octets = host.split(separator: ".", omittingEmptySubsequences: false)
        return octets.count == 4 && octets[0] == "127" && octets.allSatisfy { isOctet($0) }
    }

    /// Decimal and without leading zeros, which some resolvers take for octal.
    private static func isOctet(_ text: Substring) -> Bool { UInt8(text).map { String($0) == text } ?? false }

    /// What the origin is told as its Host when nothing else is known.
    package var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    package var description: String { "\(scheme.rawValue)://\(authority)" }
}

/// Why a text is not an origin that an agent may serve.
package enum OriginTargetError: Error, Equatable, CustomStringConvertible {
    case notAnAddress(String)
    case notLoopback(String)

    package var description: String {
        switch self {
        case .notAnAddress(let text):
            "'\(text)' is not a port or host:port. For a service on port 3000 of this machine, write 3000."
        case .notLoopback(let host):
            "'\(host)' is not on this machine. An agent serves loopback addresses only: 127.0.0.1, ::1 or localhost."
        }
    }
}
