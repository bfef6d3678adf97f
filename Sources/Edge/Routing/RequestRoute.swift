import HTTPFields
import NIOCore

/// The way of one request: which binding it is for, which tunnels it has tried, which device its visitor stays with.
///
/// Asked again, it names another tunnel: for a request of which no origin can have seen anything.
struct RequestRoute {
    private let host: String
    private let binding: Binding?
    private let stuck: (device: String, mark: String)?
    private let needsExtendedConnect: Bool
    private let isSecure: Bool
    /// The tunnel named last, and those before it: hardly any request has any.
    private var last: ObjectIdentifier?
    private var tried: [ObjectIdentifier] = []

    /// What a Set-Cookie field of the response must say, once a tunnel is chosen; nil when the visitor's cookie stands.
    private(set) var setCookie: String?

    /// - Parameters:
    ///   - binding: What the request's host and path are bound to; nil when nothing is.
    ///   - host: The host, normalised.
    ///   - fields: The request's; its cookies are read when the binding is sticky.
    ///   - needsExtendedConnect: Whether it is a WebSocket.
    ///   - isSecure: Whether visitors come by https.
    init(
        to binding: Binding?,
        host: String,
        fields: FieldSection,
        needsExtendedConnect: Bool = false,
        isSecure: Bool
    ) {
        self.host = host
        self.binding = binding
        // By its case: comparing with nil would compare bindings.
        if case nil = binding { isUnknown = true } else { isUnknown = false }
        self.needsExtendedConnect = needsExtendedConnect
        self.isSecure = isSecure
        stuck = binding?.marks == nil ? nil : binding?.device(markedBy: StickyCookie.marks(in: fields))
    }

    /// Whether there is no binding for the request, whatever tunnels are up.
    let isUnknown: Bool

    /// The tunnel to send the request through, other than all before.
    mutating func next<Tunnel>(in tunnels: inout TunnelTable<Tunnel>) -> Route<Tunnel> {
        guard let binding else { return .unknown }
        if let last { tried.append(last) }
        let wish = TunnelTable<Tunnel>.Wish(
            host: host,
            stuckTo: stuck?.device,
            needsExtendedConnect: needsExtendedConnect,
            excluded: tried
        )
        guard let tunnel = tunnels.choose(for: binding, wish) else { return .offline }
        last = ObjectIdentifier(tunnel)
        setCookie = cookie(for: tunnel.device, of: binding)
        return .tunnel(tunnel)
    }

    private func cookie(for device: String, of binding: Binding) -> String? {
        guard let mark = binding.mark(of: device), mark != stuck?.mark else { return nil }
        return StickyCookie.setting(mark, path: binding.path, isSecure: isSecure)
    }
}
