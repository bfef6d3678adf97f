package import NIOCore
import TunnelProtocol

/// Where and how an edge enrols devices.
package struct EnrolmentConfiguration: Sendable {
    /// Where agents without a certificate connect; nil for nowhere.
    package var address: ListenAddress?
    /// For the handshake, the request and the answer together.
    package var deadline = TimeAmount(TunnelConstants.enrolmentDeadline)
    /// Connections at the same time.
    package var connections = 64
    package var connectionsPerAddress = 16
    /// Requests that are taken from one address in a minute.
    package var attempts = TunnelConstants.enrolmentAttempts
    /// How long the issuer may take for an answer.
    package var issuerDeadline = Duration.seconds(10)

    package init() {}
}
