package import TunnelProtocol

/// Why a text is not a target that an agent may serve.
package enum OriginTargetError: Error, Equatable, CustomStringConvertible {
    case notATarget(String)
    case unknownScheme(String)
    case noPort(String)
    /// Something follows the authority of a URL.
    case hasPath(String)
    case hasUser(String)
    /// An address or a name that some readers would take for another one.
    case badSpelling(String)
    case notLoopback(String)
    case publicAddress(String)
    case neverServed(String)
    case badSocketPath(String)
    case badFolder(String)
    case wrongPlace(String, BindingKind)
    case wrongScheme(String, BindingKind)

    package var description: String {
        switch self {
        case .notATarget(let text):
            "'\(text)' is not a port, host:port, URL, unix:/path or folder. For a service on port 3000 of this machine, "
                + "write 3000; for the files here, write ./."
        case .unknownScheme(let scheme):
            "'\(scheme)://' is no scheme that an agent serves. There are http://, https://, http2:// and file:///."
        case .noPort(let text): "'\(text)' has no port between 1 and 65535, and its scheme has none of its own."
        case .hasPath(let text):
            "'\(text)' has a path, and an endpoint serves the whole site. Leave out what follows the host and port."
        case .hasUser: "The target has a user or an '@' in it. Give the origin its credentials in a request header."
        case .badSpelling(let host):
            "'\(host)' is not a plain host name or address. Write addresses in full, as 127.0.0.1 or [::1]."
        case .notLoopback(let host):
            "'\(host)' is not on this machine. An agent serves loopback addresses; with --allow-private also names and "
                + "addresses of private networks."
        case .publicAddress(let host):
            "'\(host)' is a public address. An agent serves this machine and, with --allow-private, private networks."
        case .neverServed(let host):
            "'\(host)' is never served: it is link-local, a cloud's metadata service, multicast or no address of a host."
        case .badSocketPath(let text):
            "'\(text)' is not the path of a Unix socket: write unix:/path/to.sock, of no more than 100 bytes."
        case .badFolder(let text): "'\(text)' is not the path of a folder: write ./folder, /path/to/it or file:///path."
        case .wrongPlace(let target, .udp): "\(target) cannot be served as UDP, which goes to a port or host:port."
        case .wrongPlace(let target, _): "\(target) is a folder, which is served with `osm-agent http`."
        case .wrongScheme(let target, let kind):
            "\(target) names a protocol, and a \(kind.rawValue.uppercased()) service is given bytes as they come. Write "
                + "host:port."
        }
    }
}
