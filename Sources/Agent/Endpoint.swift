package import ProxyProtocol
package import TunnelProtocol

/// One name or port, and the local service behind it.
package struct Endpoint: Sendable, Equatable, CustomStringConvertible {
    /// What the person calls it; no two endpoints of an agent have one label.
    package let label: String
    package let kind: BindingKind
    /// What to ask the edge for; nil for a name of its choice, and for a port.
    package let name: String?
    /// The public port to ask the edge for; nil for one of its choice, and for a name.
    package let port: Int?
    package let target: OriginTarget
    /// Which header tells a local TCP service who the visitor is; nil for none.
    package var proxyHeader: ProxyHeader.Version?
    /// Whether somebody looks on while its requests are served.
    package var isInspected = true

    private init(_ kind: BindingKind, label: String, name: String?, port: Int?, target: OriginTarget) {
        self.label = label
        self.kind = kind
        self.name = name
        self.port = port
        self.target = target
    }

    /// An HTTP service under a name of the edge.
    package init(label: String? = nil, name: String?, target: OriginTarget) {
        self.init(.http, label: label ?? name ?? target.description, name: name, port: nil, target: target)
    }

    /// A TCP service under a port of the edge.
    package static func tcp(
        _ target: OriginTarget,
        port: Int?,
        proxyHeader: ProxyHeader.Version? = nil,
        label: String? = nil
    ) -> Endpoint {
        var endpoint = Endpoint(.tcp, label: label ?? target.description, name: nil, port: port, target: target)
        endpoint.proxyHeader = proxyHeader
        return endpoint
    }

    /// A UDP service under a port of the edge.
    package static func udp(_ target: OriginTarget, port: Int?, label: String? = nil) -> Endpoint {
        Endpoint(.udp, label: label ?? target.description, name: nil, port: port, target: target)
    }

    /// The local service as a URL.
    package var description: String {
        switch kind {
        case .http: target.description
        case .tcp, .udp: "\(kind.rawValue)://\(target.authority)"
        }
    }

    /// What is asked of the edge, in words for a refusal.
    var wish: String {
        switch kind {
        case .http: name.map { "the name '\($0)'" } ?? "to choose a name"
        case .tcp, .udp:
            port.map { "\(kind.rawValue.uppercased()) port \($0)" } ?? "to choose a \(kind.rawValue.uppercased()) port"
        }
    }

    /// Whether an edge that has registered one has registered the other, too.
    func asks(theSameAs other: Endpoint) -> Bool { kind == other.kind && name == other.name && port == other.port }
}

extension EndpointStatus {
    init(_ endpoint: Endpoint) {
        self.init(name: endpoint.label, kind: endpoint.kind.rawValue, target: endpoint.description)
    }
}
