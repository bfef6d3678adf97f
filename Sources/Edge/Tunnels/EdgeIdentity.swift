import Crypto
import FoundationEssentials
import Logging
import NIOCore
import NIOSSL
import Trust
import TunnelTLS

/// The files that say who an edge is and whom it lets in, by path.
package struct EdgeIdentityFiles: Sendable, Equatable {
    /// The edge's chain, leaf first, PEM.
    package var certificate: String
    /// Its private key, PEM.
    package var key: String
    /// The operator's bundle with the roots that devices must chain to.
    package var operatorBundle: String
    /// The device revocation list, PEM; nil when the operator keeps none.
    package var deviceRevocations: String?

    package init(certificate: String, key: String, operatorBundle: String, deviceRevocations: String?) {
        self.certificate = certificate
        self.key = key
        self.operatorBundle = operatorBundle
        self.deviceRevocations = deviceRevocations
    }
}
