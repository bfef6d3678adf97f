import NIOCore
import NIOPosix
import NIOSSL

/// Why a request that the agent sent to itself by a public name did not come round.
enum ProbeFailure: Error, Sendable, Equatable {
    case notAnAddress
    case notResolved
    case notReached
    case certificate
    case tls
    case silent
    case badAnswer
    /// Somebody answered, and the request never arrived at this agent.
    case elsewhere(status: Int)
    /// It arrived, and what came back was something else.
    case changed(status: Int)

    var sentence: String {
        switch self {
        case .notAnAddress: "the public URL is not one that can be asked"
        case .notResolved: "the public name cannot be resolved from here"
        case .notReached: "nothing can be reached under the public name"
        case .certificate: "what answers under the public name shows a certificate that is not trusted here"
        case .tls: "TLS with what answers under the public name failed"
        case .silent: "no answer came under the public name in time"
        case .badAnswer: "what answers under the public name does not speak HTTP/1.1"
        case .elsewhere(let status): "the public name answers \(status), but the request did not arrive at this agent"
        case .changed(let status): "the request arrived at this agent, but its answer came back as \(status)"
        }
    }

    init(_ error: any Error) {
        switch error {
        case let error as ProbeFailure: self = error
        case let error as NIOConnectionError:
            self = error.dnsAError != nil && error.dnsAAAAError != nil ? .notResolved : .notReached
        case ChannelError.connectTimeout: self = .notReached
        case is IOError: self = .notReached
        case NIOSSLError.handshakeFailed(let cause): self = "\(cause)".contains("CERTIFICATE") ? .certificate : .tls
        case is NIOSSLExtraError: self = .certificate
        case is NIOSSLError, is BoringSSLError: self = .tls
        default: self = .notReached
        }
    }
}
