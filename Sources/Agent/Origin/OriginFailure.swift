import HTTP1
import HTTP2
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
    /// What answered does not speak HTTP/2.
    case notHTTP2
    /// Nothing was said on a connection that was accepted.
    case silent
    case badHTTP2
    /// It ended the stream, without having processed the request.
    case declined
    /// It ended the stream.
    case gaveUp
    case noWebSocket

    var status: String {
        switch self {
        case .timeout, .connectTimeout, .silent: "504"
        case .refused, .unreachable, .closed, .reset, .badResponse, .notHTTP2, .badHTTP2, .gaveUp: "502"
        case .declined: "503"
        case .noWebSocket: "501"
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
        case .silent: "connection_timeout"
        case .badResponse, .notHTTP2, .badHTTP2: "http_protocol_error"
        case .declined: "destination_unavailable"
        case .gaveUp: "http_response_incomplete"
        case .noWebSocket: "http_request_denied"
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
        case .notHTTP2:
            "The local service does not speak HTTP/2 without TLS; if it speaks HTTP/1.1, serve it as http://."
        case .silent: "The local service accepted the connection and did not begin HTTP/2 in time."
        case .badHTTP2: "The local service sent a response that is not valid HTTP/2."
        case .declined: "The local service takes no more requests at present."
        case .gaveUp: "The local service gave the request up without an answer."
        case .noWebSocket: "The local service takes no WebSockets over HTTP/2."
        }
    }
}

extension OriginFailure {
    /// Reads how an HTTP/2 origin ended a stream that it had not answered.
    init(resetBeforeHead code: HTTP2ErrorCode) {
        switch code {
        case .connectionLost: self = .closed
        case .refusedStream: self = .declined
        default: self = code.relayed == nil ? .badHTTP2 : .gaveUp
        }
    }

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
