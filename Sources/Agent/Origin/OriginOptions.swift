package import NIOCore
package import ProxyProtocol

/// How an agent speaks to an origin, beside where it is.
package struct OriginOptions: Sendable, Equatable {
    /// What the origin is told as the host of a request.
    package enum HostHeader: Sendable, Equatable {
        /// What the visitor asked for.
        case visitor
        /// The target itself, for services that answer to their own name alone.
        case target
        case literal(String)
    }

    package var hostHeader = HostHeader.visitor
    /// PEM certificates that an `https` origin must be signed by, in place of the system's store.
    package var anchors: String?
    /// The name that an `https` origin must prove, in place of the target's host.
    package var serverName: String?
    /// Which header tells the origin who the visitor is; such connections serve one visitor each.
    package var proxyHeader: ProxyHeader.Version?
    package var limits = OriginLimits()

    package init() {}
}

/// How much an agent asks of one origin at once, for each of its tunnels.
package struct OriginLimits: Sendable, Equatable {
    /// Connections for requests; WebSockets are bounded by the streams of the tunnel.
    ///
    /// Fewer would let a few hundred slow visitors keep everybody else waiting.
    package var connections = 1024
    /// Requests that wait for a connection.
    package var waitingRequests = 1024
    package var waitingTime = TimeAmount.seconds(30)
    /// Connections that are kept for another request.
    ///
    /// Answers leave a tunnel by the hundred, and the next requests come by the hundred: what is closed in between is
    /// opened again at once.
    package var idleConnections = 512
    /// Shorter than the idle time of common servers, so that most stale connections are never tried.
    package var idleTime = TimeAmount.seconds(4)
    /// For the socket, and as much again for TLS; the SETTINGS of HTTP/2 must come within the time of the socket.
    package var connectDeadline = TimeAmount.seconds(5)

    package init() {}
}

extension OriginOptions.HostHeader {
    /// A name of 253 bytes, a colon and a port of five digits.
    private static let longest = 259

    /// Reads `rewrite`, or what the field is to say: a host, perhaps with a port.
    package init(_ text: String) throws(OriginOptionsError) {
        if text == "rewrite" {
            self = .target
            return
        }
        let isHost = text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF) || "-._:[]".utf8.contains(byte)
        }
        guard isHost, (1...Self.longest).contains(text.utf8.count) else { throw .badHostHeader(text) }
        self = .literal(text)
    }
}

/// Why options do not fit together with a target, or are no use by themselves.
package enum OriginOptionsError: Error, Equatable, CustomStringConvertible {
    case badHostHeader(String)
    case badServerName(String)
    /// A text without a certificate, or with one that cannot be read.
    case badAnchors
    case needsHTTPS(String)
    case needsHTTP1(String)
    case folderHasNo(String)
    case noTrustStore

    package var description: String {
        switch self {
        case .badHostHeader(let text): "'\(text)' is not a host, perhaps with a port, and not the word rewrite."
        case .badServerName(let text): "'\(text)' is not a host name that a certificate can be made for."
        case .badAnchors: "The file of CA certificates has none in PEM form, or one that cannot be read."
        case .needsHTTPS(let option): "\(option) is about TLS: it goes with a target that begins with https://."
        case .needsHTTP1(let option): "\(option) goes with origins that speak HTTP/1.1, not with http2://."
        case .folderHasNo(let option): "\(option) goes with a service; a folder is served by the agent itself."
        case .noTrustStore:
            "The system has no store of CA certificates that can be read. Name one with --upstream-ca or SSL_CERT_FILE."
        }
    }
}
