package import TunnelProtocol

/// The local service that an agent serves: where it is, and what is spoken there.
///
/// Loopback addresses and what lies in the file system are taken; private networks when somebody said so. A tunnel never
/// becomes a way to anything else behind the laptop: see ``OriginReach``.
package struct OriginTarget: Sendable, Equatable, CustomStringConvertible {
    /// What the service speaks; a TCP or UDP service speaks what it likes.
    package enum Scheme: String, Sendable, CaseIterable {
        case http
        /// HTTP/1.1 within TLS.
        case https
        /// HTTP/2 without TLS by prior knowledge, as gRPC servers want it.
        case http2
    }

    /// Where the service is.
    package enum Place: Sendable, Equatable {
        /// A name or an address, an IPv6 one without brackets, and a port.
        case host(String, Int)
        /// A socket in the file system, by its absolute path.
        case unix(String)
        /// Files below an absolute path, which the agent serves itself.
        case folder(String)
        /// A closure of the program that the agent is part of.
        case program
    }

    package let scheme: Scheme
    package let place: Place
    /// Which addresses may be dialled: a name is checked when it has been resolved.
    package let reach: OriginReach

    init(scheme: Scheme, place: Place, reach: OriginReach) {
        self.scheme = scheme
        self.place = place
        self.reach = reach
    }

    /// Whether these are files, and there is nothing to dial.
    package var isFolder: Bool {
        switch place {
        case .folder: true
        case .host, .unix, .program: false
        }
    }

    /// The host and port; what has none is on this machine.
    package var authority: String {
        switch place {
        case .unix, .folder, .program: "localhost"
        case .host(let host, let port): "\(Self.bracketed(host)):\(port)"
        }
    }

    /// What the target is told as its own host: without the port that its scheme has anyway.
    var hostField: String {
        guard case .host(let host, scheme.defaultPort) = place else { return authority }
        return Self.bracketed(host)
    }

    private static func bracketed(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }

    /// The target as it can be read again: a URL, or the path of a folder.
    package var description: String {
        switch place {
        case .host: "\(scheme.rawValue)://\(authority)"
        case .unix(let path): "\(scheme == .http2 ? "http2+unix" : "unix"):\(path)"
        case .folder(let path): path
        case .program: "program"
        }
    }

    /// Checks that a service of that kind can be there.
    package func check(for kind: BindingKind) throws(OriginTargetError) {
        switch (kind, place) {
        case (.http, _): return
        case (.tcp, .folder), (.tcp, .program), (.udp, .folder), (.udp, .unix), (.udp, .program):
            throw .wrongPlace(description, kind)
        case (.tcp, .host), (.tcp, .unix), (.udp, .host):
            // The agent passes bytes on and speaks nothing itself.
            guard scheme == .http else { throw .wrongScheme(description, kind) }
        }
    }
}

extension OriginTarget.Scheme {
    /// What a URL without a port means; nil when it must have one.
    var defaultPort: Int? {
        switch self {
        case .http: 80
        case .https: 443
        case .http2: nil
        }
    }
}
