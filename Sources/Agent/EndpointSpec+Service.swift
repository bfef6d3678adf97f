import FoundationEssentials
import ProxyProtocol
import TunnelProtocol

extension EndpointSpec {
    /// No store of CAs is longer.
    private static let longestAnchors = 1 << 20

    /// Checks the local service and how it is spoken to; the CA certificates are read now.
    ///
    /// - Throws: ``EndpointProblem`` for the first member that is wrong.
    package func localService(of kind: BindingKind) throws(EndpointProblem) -> LocalService {
        let target = try originTarget(of: kind)
        var options = OriginOptions()
        options.hostHeader = try checkedHostHeader()
        options.serverName = upstreamServerName
        options.listsFolders = listing
        options.anchors = try anchors()
        options.proxyHeader = try checkedProxyHeader()
        do throws(OriginOptionsError) {
            return try LocalService(target, options: options)
        } catch {
            throw EndpointProblem(error.member, error.description)
        }
    }

    private func originTarget(of kind: BindingKind) throws(EndpointProblem) -> OriginTarget {
        do throws(OriginTargetError) {
            let read = try OriginTarget(target, allowsPrivate: allowPrivate)
            try read.check(for: kind)
            return read
        } catch {
            throw EndpointProblem("target", error.description)
        }
    }

    private func checkedHostHeader() throws(EndpointProblem) -> OriginOptions.HostHeader {
        guard let hostHeader else { return .visitor }
        do throws(OriginOptionsError) {
            return try OriginOptions.HostHeader(hostHeader)
        } catch {
            throw EndpointProblem("host_header", error.description)
        }
    }

    private func checkedProxyHeader() throws(EndpointProblem) -> ProxyHeader.Version? {
        guard let proxyProtocol else { return nil }
        guard let version = ProxyHeader.Version(rawValue: proxyProtocol) else {
            throw EndpointProblem("proxy_protocol", "'\(proxyProtocol)' is not v1 or v2.")
        }
        return version
    }

    private func anchors() throws(EndpointProblem) -> String? {
        guard let upstreamCA else { return nil }
        do {
            let attributes = try FileManager.default.attributesOfItem(atPath: upstreamCA)
            guard let size = attributes[.size] as? Int, size <= Self.longestAnchors else {
                throw EndpointProblem("upstream_ca", "'\(upstreamCA)' is longer than one MiB.")
            }
            return try String(contentsOfFile: upstreamCA, encoding: .utf8)
        } catch let problem as EndpointProblem {
            throw problem
        } catch {
            throw EndpointProblem("upstream_ca", "'\(upstreamCA)' cannot be read: \(error.localizedDescription)")
        }
    }
}

extension OriginOptionsError {
    /// The member of an endpoint's description that is to blame.
    fileprivate var member: String {
        switch self {
        case .badHostHeader: "host_header"
        case .badServerName: "upstream_server_name"
        case .badAnchors, .noTrustStore: "upstream_ca"
        case .needsHTTPS(let option), .needsHTTP1(let option), .folderHasNo(let option), .needsFolder(let option):
            option.drop { $0 == "-" }.replacing("-", with: "_")
        }
    }
}
