import FoundationEssentials
import ProxyProtocol
import TunnelProtocol

/// What is wrong with one member of an endpoint's description.
package struct EndpointProblem: Error, Equatable, CustomStringConvertible {
    /// The member, as files and the local API spell it: `target`, `allow_cidr`.
    package let member: String
    /// What is wrong and what would be right.
    package let sentence: String

    package init(_ member: String, _ sentence: String) {
        self.member = member
        self.sentence = sentence
    }

    package var description: String { "\(member): \(sentence)" }
}

extension EndpointSpec {
    /// Checks the description.
    ///
    /// - Throws: ``EndpointProblem`` for the first member that is wrong.
    package func endpoint() throws(EndpointProblem) -> Endpoint {
        guard let kind = BindingKind(rawValue: kind) else {
            throw EndpointProblem("kind", "'\(kind)' is not http, tcp or udp.")
        }
        try checkName()
        try checkAddress(kind)
        let service = try service(kind)
        var endpoint = Endpoint(kind, label: name, name: hostname, port: port, service: service)
        endpoint.rules = try visitorRules()
        endpoint.allowsListing = listing
        endpoint.isInspected = inspect
        return endpoint
    }

    private func checkName() throws(EndpointProblem) {
        guard !name.isEmpty, name.utf8.count <= 128, name.unicodeScalars.allSatisfy({ ("!"..."~").contains($0) }),
            !name.contains("/")
        else {
            throw EndpointProblem("name", "It has to be 1 to 128 visible ASCII characters without a slash.")
        }
    }

    private func checkAddress(_ kind: BindingKind) throws(EndpointProblem) {
        switch kind {
        case .http:
            guard port == nil else {
                throw EndpointProblem("port", "An http endpoint has a name and no port; that is for tcp and udp.")
            }
        case .tcp, .udp:
            guard hostname == nil else {
                throw EndpointProblem("hostname", "A \(kind.rawValue) endpoint has a port and no name of its own.")
            }
            guard port.map({ (1...65_535).contains($0) }) != false else {
                throw EndpointProblem("port", "It has to be 1 to 65535; leave it out to let the edge choose.")
            }
        }
    }

    private func service(_ kind: BindingKind) throws(EndpointProblem) -> LocalService {
        let target: OriginTarget
        do throws(OriginTargetError) {
            target = try OriginTarget(self.target, allowsPrivate: allowPrivate)
            try target.check(for: kind)
        } catch {
            throw EndpointProblem("target", error.description)
        }
        try Self.checkFolder(target)
        guard !listing || target.isFolder else {
            throw EndpointProblem("listing", "Only a folder has files to list.")
        }
        let options = try originOptions()
        do throws(OriginOptionsError) {
            return try LocalService(target, options: options)
        } catch {
            throw EndpointProblem(error.member, error.description)
        }
    }

    /// A folder that comes later would be a 502 for every visitor until then, and mostly its path is misspelled.
    private static func checkFolder(_ target: OriginTarget) throws(EndpointProblem) {
        switch target.place {
        case .folder(let path):
            if let obstacle = Folder(path: path).obstacle { throw EndpointProblem("target", obstacle) }
        case .host, .unix, .program: return
        }
    }

    private func originOptions() throws(EndpointProblem) -> OriginOptions {
        var options = OriginOptions()
        options.proxyHeader = try proxyHeader()
        options.serverName = upstreamServerName
        if let upstreamCA { options.anchors = try Self.text(of: upstreamCA) }
        guard let hostHeader else { return options }
        do throws(OriginOptionsError) {
            options.hostHeader = try OriginOptions.HostHeader(hostHeader)
        } catch {
            throw EndpointProblem(error.member, error.description)
        }
        return options
    }

    /// More than all certificates of a system's store.
    private static let longestCA = 4 * 1024 * 1024

    private static func text(of path: String) throws(EndpointProblem) -> String {
        guard let data = FileManager.default.contents(atPath: path), data.count <= longestCA else {
            throw EndpointProblem("upstream_ca", "The file '\(path)' cannot be read.")
        }
        return String(decoding: data, as: UTF8.self)
    }

    private func proxyHeader() throws(EndpointProblem) -> ProxyHeader.Version? {
        guard let proxyProtocol else { return nil }
        guard let version = ProxyHeader.Version(rawValue: proxyProtocol) else {
            throw EndpointProblem("proxy_protocol", "'\(proxyProtocol)' is not v1 or v2.")
        }
        return version
    }
}

extension OriginOptionsError {
    /// The member of an endpoint's description that it is about.
    fileprivate var member: String {
        switch self {
        case .badHostHeader: "host_header"
        case .badServerName: "upstream_server_name"
        case .badAnchors, .noTrustStore: "upstream_ca"
        case .needsHTTPS, .needsHTTP1, .folderHasNo: "target"
        }
    }
}
