/// A proxy on the way out, with the password that it may want.
package struct ProxyAddress: Sendable, Equatable {
    package enum Scheme: String, Sendable {
        /// CONNECT (RFC 9110, 9.3.6), without TLS to the proxy itself.
        case http
        /// RFC 1928; names are always resolved by the proxy, so `socks5h` is the same.
        case socks5
    }

    package let scheme: Scheme
    package let host: String
    package let port: Int
    package var credentials: ProxyCredentials?

    /// Reads `[scheme://][user:password@]host[:port]`; without a scheme it is HTTP, without a port 80 or 1080.
    package init(_ text: String) throws(ProxyAddressError) {
        var rest = text[...]
        scheme = try Self.scheme(&rest)
        if rest.hasSuffix("/") { rest.removeLast() }
        if let at = rest.lastIndex(of: "@") {
            credentials = try ProxyCredentials(percentEncoded: rest[..<at])
            rest = rest[rest.index(after: at)...]
        }
        let hasPort = rest.last == "]" ? false : rest.split(separator: "]").last?.contains(":") ?? false
        let standardPort = scheme == .http ? "80" : "1080"
        guard let address = EdgeAddress(hasPort ? String(rest) : "\(rest):\(standardPort)"),
            !address.host.contains(where: { "?#@%\\".contains($0) || !$0.isASCII })
        else { throw .notAnAddress }
        host = address.host
        port = address.port
        guard scheme == .http || credentials?.fitsSOCKS5 != false else { throw .badCredentials }
    }

    private static func scheme(_ rest: inout Substring) throws(ProxyAddressError) -> Scheme {
        guard let range = rest.firstRange(of: "://") else { return .http }
        let word = rest[..<range.lowerBound].lowercased()
        rest = rest[range.upperBound...]
        switch word {
        case "http": return .http
        case "socks5", "socks5h": return .socks5
        case "https": throw .overTLS
        default: throw .unknownScheme
        }
    }
}

/// Host and port alone, so that no log and no error ever shows a password.
extension ProxyAddress: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["scheme": scheme, "address": description]) }
}

/// Why a text is not a proxy; never says what the text was, since a password may be in it.
package enum ProxyAddressError: Error, Sendable, Equatable {
    case notAnAddress
    case unknownScheme
    case overTLS
    case badCredentials
    /// A password stood where every user of the machine can read it.
    case credentialsInArgument

    /// What is wrong, in a clause that follows the name of the setting.
    package var sentence: String {
        switch self {
        case .notAnAddress: "is not a proxy's address; write http://host:port or socks5://host:port"
        case .unknownScheme: "names a scheme that is not spoken here; there are http, socks5 and socks5h"
        case .overTLS: "asks for TLS to the proxy itself, which this agent does not speak; try http://"
        case .badCredentials: "has a user name or password that cannot be sent"
        case .credentialsInArgument:
            "may not hold a password, which everyone on this machine could read; put it into a file or the environment"
        }
    }
}
