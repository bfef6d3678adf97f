import NIOCore

/// Where an admin endpoint listens: a loopback port, or a socket file that only its owner may open.
package enum AdminAddress: Sendable, Hashable, CustomStringConvertible {
    /// An IP literal or `localhost`, which stands for 127.0.0.1; port 0 lets the system choose.
    case tcp(host: String, port: Int)
    /// The path of a Unix socket.
    case unix(path: String)

    /// Reads `unix:PATH`, a path with a slash in it, `HOST:PORT` or `[IPv6]:PORT`; nil for anything else.
    package init?(_ text: String) {
        if text.hasPrefix("unix:") {
            self = .unix(path: String(text.dropFirst("unix:".count)))
        } else if text.contains("/") {
            self = .unix(path: text)
        } else {
            guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
                return nil
            }
            var host = text[..<colon]
            if host.hasPrefix("["), host.hasSuffix("]") {
                host = host.dropFirst().dropLast()
            } else if host.isEmpty || host.contains(":") {
                return nil
            }
            self = .tcp(host: String(host), port: Int(port))
        }
    }

    init(bound address: SocketAddress) {
        if let ip = address.ipAddress, let port = address.port {
            self = .tcp(host: ip, port: port)
        } else {
            self = .unix(path: address.pathname ?? "")
        }
    }

    package var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }

    /// The address for the socket calls; never asks a name server.
    func socketAddress() throws(AdminError) -> SocketAddress {
        do {
            switch self {
            case .tcp(let host, let port):
                return try SocketAddress(ipAddress: host == "localhost" ? "127.0.0.1" : host, port: port)
            case .unix(let path):
                return try SocketAddress(unixDomainSocketPath: path)
            }
        } catch {
            throw AdminError(.badAddress, cause: error)
        }
    }
}
