import TunnelProtocol

/// A tunnel as routing sees it.
protocol RoutableTunnel: AnyObject {
    var device: String { get }
    /// Nil for a plain sidecar.
    var session: SessionID? { get }
    var openStreams: Int { get }
    /// Whether its agent takes no more streams before one ends.
    var isFull: Bool { get }
    var allowsExtendedConnect: Bool { get }

    /// Whether it is up, stays, and takes requests for a host by that binding.
    func serves(_ host: String, by binding: Binding) -> Bool
}

/// Where a visitor's request goes.
enum Route<Tunnel: RoutableTunnel> {
    case tunnel(Tunnel)
    /// The name is known but no tunnel of its devices is up that has not been tried.
    case offline
    case unknown
}
