import FoundationEssentials
import Trust
import TunnelProtocol
import TunnelTLS

/// What was seen on the way to one edge; a value, so that what follows from it can be tested without an edge.
struct EdgeObservation: Sendable {
    /// The proxy that was dialled, if any.
    var proxy: String?
    /// The flag or variable that names it.
    var proxySource: String?
    var address = Address.literal
    var connection: Result<String, DialFailure>?
    var handshake: Handshake?
    var control: Control?

    /// The edge's name.
    enum Address: Sendable, Equatable {
        /// There is no name to look up.
        case literal
        case found([String])
        /// The proxy looks it up.
        case leftToProxy
    }

    /// TLS with whatever answered.
    enum Handshake: Sendable, Equatable {
        /// It is the edge; its certificate is out of date by this machine's clock if the refusal says so.
        case done(keyExchange: String, PresentedCertificate?, outdated: PeerRefusal?)
        case refused(HandshakeRefusal, PresentedCertificate?)
        /// The certificate is a stranger's; the second value says whether the stranger speaks the tunnel's protocol.
        case stranger(PeerRefusal, PresentedCertificate?, speaksTunnel: Bool)
    }

    /// What the edge had to say to this device.
    enum Control: Sendable, Equatable {
        /// It opened the control stream.
        case admitted
        case notice(GoAwayNotice)
        /// It refused the certificate with this TLS alert.
        case alert(String)
        case ended(String)
        case silent
    }
}
