import FoundationEssentials
import TunnelProtocol

extension OriginTarget {
    /// Reads a target as people write it.
    ///
    /// - Parameters:
    ///   - text: `3000`, `host:port`, `http://`, `https://` or `http2://` with a host and a port, `unix:/path`,
    ///     `http2+unix:/path`, or a folder: `./path`, `/path`, `file:///path`.
    ///   - allowsPrivate: Whether names and addresses of private networks are taken, too.
    ///   - folder: What a relative path starts from; by default the working directory.
    /// - Throws: ``OriginTargetError``, which says what is wrong and what would be right.
    package init(
        _ text: String,
        allowsPrivate: Bool = false,
        relativeTo folder: String? = nil
    ) throws(OriginTargetError) {
        let reach = allowsPrivate ? OriginReach.privateNetworks : .loopback
        if let place = try Self.file(text, relativeTo: folder) {
            self.init(scheme: text.hasPrefix("http2+") ? .http2 : .http, place: place, reach: reach)
            return
        }
        let (scheme, authority) = try Self.split(text)
        let (host, port) = try Self.authority(authority, of: text, scheme)
        try reach.check(written: host)
        self.init(
            scheme: scheme ?? .http,
            place: .host(host.first == "[" ? String(host.dropFirst().dropLast()) : host, port),
            reach: reach
        )
    }

    // MARK: What lies in the file system

    /// `sun_path` of the systems that there are, less what a prefix of a container may need.
    private static let longestSocketPath = 100

    private static func file(_ text: String, relativeTo folder: String?) throws(OriginTargetError) -> Place? {
        if text.first == "." || text.first == "/" {
            // A host name cannot begin so; `.5` and the like are meant as nothing at all.
            guard let path = absolute(text, relativeTo: folder) else { throw .badFolder(text) }
            return .folder(path)
        }
        if let path = text.dropping("file://") {
            guard path.first == "/", let path = absolute(path, relativeTo: nil) else { throw .badFolder(text) }
            return .folder(path)
        }
        guard let written = text.dropping("unix:") ?? text.dropping("http2+unix:") else { return nil }
        let path = written.hasPrefix("///") ? String(written.dropFirst(2)) : written
        guard !path.hasPrefix("//"), path.last != "/", let path = absolute(path, relativeTo: folder),
            path.utf8.count <= longestSocketPath
        else { throw .badSocketPath(text) }
        return .unix(path)
    }

    /// Nil for what is neither absolute nor begins with a dot, and for what no path may have in it.
    private static func absolute(_ path: String, relativeTo folder: String?) -> String? {
        guard !path.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return nil }
        if path.first == "/" { return path }
        guard path == "." || path == ".." || path.hasPrefix("./") || path.hasPrefix("../") else { return nil }
        let base = folder ?? FileManager.default.currentDirectoryPath
        var rest = path[...]
        while rest.hasPrefix("./") { rest = rest.dropFirst(2).drop { $0 == "/" } }
        if rest.isEmpty || rest == "." { return base }
        return base.last == "/" ? base + rest : "\(base)/\(rest)"
    }

    // MARK: What has an address

    private static func split(_ text: String) throws(OriginTargetError) -> (scheme: Scheme?, authority: String) {
        guard let separator = text.firstRange(of: "://") else {
            guard !text.contains("@") else { throw .hasUser(text) }
            return (nil, text)
        }
        let name = String(text[..<separator.lowerBound])
        guard let scheme = Scheme(rawValue: name) else { throw .unknownScheme(name) }
        let rest = text[separator.upperBound...]
        let end = rest.utf8.firstIndex { "/?#\\".utf8.contains($0) } ?? rest.endIndex
        guard !rest[..<end].contains("@") else { throw .hasUser(text) }
        guard rest[end...].isEmpty || rest[end...] == "/" else { throw .hasPath(text) }
        return (scheme, String(rest[..<end]))
    }

    private static func authority(
        _ authority: String,
        of text: String,
        _ scheme: Scheme?
    ) throws(OriginTargetError) -> (host: String, port: Int) {
        if !authority.isEmpty, authority.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            guard let port = UInt16(portDigits: authority), port > 0 else { throw .noPort(text) }
            // Certificates for development are made for the name.
            return (scheme == .https ? "localhost" : "127.0.0.1", Int(port))
        }
        guard let colon = authority.lastIndex(of: ":"), authority.last != "]" else {
            guard let scheme, !authority.isEmpty else { throw .notATarget(text) }
            guard let port = scheme.defaultPort else { throw .noPort(text) }
            return (authority, port)
        }
        guard let port = UInt16(portDigits: authority[authority.index(after: colon)...]), port > 0 else {
            throw scheme == nil ? .notATarget(text) : .noPort(text)
        }
        return (String(authority[..<colon]), Int(port))
    }
}

extension String {
    /// What follows a beginning; nil when the text begins otherwise.
    fileprivate func dropping(_ beginning: String) -> String? {
        hasPrefix(beginning) ? String(dropFirst(beginning.count)) : nil
    }
}
