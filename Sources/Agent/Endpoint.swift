package import ProxyProtocol
package import TunnelProtocol

/// One name or port, and the local service behind it.
package struct Endpoint: Sendable, CustomStringConvertible {
    /// What the person calls it; no two endpoints of an agent have one label.
    package let label: String
    package let kind: BindingKind
    /// What to ask the edge for; nil for a name of its choice, and for a port.
    package let name: String?
    /// The public port to ask the edge for; nil for one of its choice, and for a name.
    package let port: Int?
    /// Where the service is and how to speak to it.
    package let service: LocalService
    /// Who may come, and what is changed of what they ask and hear.
    package var rules = VisitorRules.none
    /// Whether a folder without an index page shows what is in it.
    package var allowsListing = false
    /// Whether somebody looks on while its requests are served.
    package var isInspected = true

    /// An endpoint that is found to make sense; see ``EndpointSpec``.
    package init(_ kind: BindingKind, label: String, name: String?, port: Int?, service: LocalService) {
        self.label = label
        self.kind = kind
        self.name = name
        self.port = port
        self.service = service
    }

    /// An HTTP service under a name of the edge.
    package init(label: String? = nil, name: String?, target: OriginTarget) throws(OriginOptionsError) {
        let service = try LocalService(target)
        self.init(.http, label: label ?? name ?? target.description, name: name, port: nil, service: service)
    }

    /// A TCP service under a port of the edge.
    package static func tcp(
        _ target: OriginTarget,
        port: Int?,
        proxyHeader: ProxyHeader.Version? = nil
    ) throws(OriginOptionsError) -> Endpoint {
        var options = OriginOptions()
        options.proxyHeader = proxyHeader
        let service = try LocalService(target, options: options)
        return Endpoint(.tcp, label: target.description, name: nil, port: port, service: service)
    }

    /// A UDP service under a port of the edge.
    package static func udp(_ target: OriginTarget, port: Int?) throws(OriginOptionsError) -> Endpoint {
        Endpoint(.udp, label: target.description, name: nil, port: port, service: try LocalService(target))
    }

    package var target: OriginTarget { service.target }

    /// The local service as it can be read again.
    package var description: String {
        switch (kind, target.place) {
        case (.http, _), (_, .unix), (_, .folder), (_, .program): target.description
        case (.tcp, .host), (.udp, .host): "\(kind.rawValue)://\(target.authority)"
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

extension Endpoint: Equatable {
    package static func == (one: Endpoint, other: Endpoint) -> Bool {
        one.asks(theSameAs: other) && one.label == other.label && one.target == other.target
            && one.service.options == other.service.options && one.service.desk === other.service.desk
            && one.rules == other.rules
            && one.allowsListing == other.allowsListing && one.isInspected == other.isInspected
    }
}

extension EndpointStatus {
    init(_ endpoint: Endpoint) {
        self.init(name: endpoint.label, kind: endpoint.kind.rawValue, target: endpoint.description)
    }
}
