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
        let target = try checkedTarget()
        var endpoint =
            switch kind {
            case .http: Endpoint(label: name, name: hostname, target: target)
            case .tcp: Endpoint.tcp(target, port: port, proxyHeader: try proxyHeader(), label: name)
            case .udp: Endpoint.udp(target, port: port, label: name)
            }
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

    private func checkedTarget() throws(EndpointProblem) -> OriginTarget {
        do throws(OriginTargetError) {
            return try OriginTarget(target)
        } catch {
            throw EndpointProblem("target", error.description)
        }
    }

    private func proxyHeader() throws(EndpointProblem) -> ProxyHeader.Version? {
        guard let proxyProtocol else { return nil }
        guard let version = ProxyHeader.Version(rawValue: proxyProtocol) else {
            throw EndpointProblem("proxy_protocol", "'\(proxyProtocol)' is not v1 or v2.")
        }
        return version
    }
}
