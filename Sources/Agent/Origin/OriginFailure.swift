import HTTP1
import NIOCore
import NIOPosix

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// What an agent saw of an origin that gave no good response; it says so to the visitor.
enum OriginFailure {
    case refused
    case connectTimeout
    case unreachable
    case closed
    case reset
    case timeout
    case badResponse(HTTP1Error)

    var status: String {
        switch self {
        case .timeout, .connectTimeout: "504"
        case .refused, .unreachable, .closed, .reset, .badResponse: "502"
        }
    }

    /// The `error` parameter of Proxy-Status (RFC 9209, 2.3).
    var proxyStatus: String {
        switch self {
        case .refused: "connection_refused"
        case .connectTimeout: "connection_timeout"
        case .unreachable: "destination_ip_unroutable"
        case .closed, .reset: "connection_terminated"
        case .timeout: "http_response_timeout"
        case .badResponse: "http_protocol_error"
        }
    }

    var sentence: String {
        switch self {
        case .refused: "The local service is not running: its port refused the connection."
        case .connectTimeout: "The local service did not accept the connection in time."
        case .unreachable: "The local service could not be reached."
        case .closed: "The local service closed the connection without an answer."
        case .reset: "The local service reset the connection."
        case .timeout: "The local service did not answer in time."
        case .badResponse(let error): "The local service sent a response that is not valid HTTP. \(error.sentence)"
        }
    }
}

extension OriginFailure {
    /// Reads why a connection could not be opened.
    init(connecting error: any Error) {
        switch error {
        case let error as NIOConnectionError:
            // Every address was tried; when one of them refused, the service is simply not running.
            let refused = error.connectionErrors.contains { ($0.error as? IOError)?.errnoCode == ECONNREFUSED }
            self = refused ? .refused : .unreachable
        case let error as IOError where error.errnoCode == ECONNREFUSED: self = .refused
        case ChannelError.connectTimeout: self = .connectTimeout
        default: self = .unreachable
        }
    }
}
