package import ProxyProtocol
package import TunnelProtocol

/// One name or port, and the local service behind it.
package struct Endpoint: Sendable, Equatable, CustomStringConvertible {
    package let kind: BindingKind
    /// What to ask the edge for; nil for a name of its choice, and for a port.
    package let name: String?
    /// The public port to ask the edge for; nil for one of its choice, and for a name.
    package let port: Int?
    package let target: OriginTarget
    /// Which header tells a local TCP service who the visitor is; nil for none.
    package let proxyHeader: ProxyHeader.Version?

    private init(_ kind: BindingKind, name: String?, port: Int?, target: OriginTarget, _ header: ProxyHeader.Version?) {
        self.kind = kind
        self.name = name
        self.port = port
        self.target = target
        proxyHeader = header
    }

    package init(name: String?, target: OriginTarget) {
        self.init(.http, name: name, port: nil, target: target, nil)
    }

    /// A TCP service under a port of the edge.
    package static func tcp(_ target: OriginTarget, port: Int?, proxyHeader: ProxyHeader.Version? = nil) -> Endpoint {
        Endpoint(.tcp, name: nil, port: port, target: target, proxyHeader)
    }

    /// A UDP service under a port of the edge.
    package static func udp(_ target: OriginTarget, port: Int?) -> Endpoint {
        Endpoint(.udp, name: nil, port: port, target: target, nil)
    }

    /// The local service as a URL.
    package var description: String { "\(kind.rawValue)://\(target.authority)" }

    /// What is asked of the edge, in words for a refusal.
    var wish: String {
        switch kind {
        case .http: name.map { "the name '\($0)'" } ?? "to choose a name"
        case .tcp, .udp:
            port.map { "\(kind.rawValue.uppercased()) port \($0)" } ?? "to choose a \(kind.rawValue.uppercased()) port"
        }
    }
}
