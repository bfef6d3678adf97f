import HTTP1
import HTTP2
import NIOCore
import NIOPosix
import NIOSSL

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// What an agent saw of an origin that gave no good response; it says so to the visitor.
enum OriginFailure: Error {
    case refused
    /// There is no socket at the path of the target.
    case noSocket
    case notPermitted
    /// The name of the target stands for no address.
    case unresolved
    /// An address that an agent does not connect to; perhaps a name has come to stand for it.
    case prohibited
    case connectTimeout
    case tls(OriginTLSFailure)
    /// As many requests wait for a connection as may.
    case busy
    /// The request has waited for a connection for too long.
    case waitedTooLong
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
        case .timeout, .connectTimeout, .silent, .waitedTooLong: "504"
        case .tls(.silent): "504"
        case .refused, .noSocket, .notPermitted, .unresolved, .prohibited, .tls, .unreachable, .closed, .reset,
            .badResponse, .notHTTP2, .badHTTP2, .gaveUp:
            "502"
        case .declined, .busy: "503"
        case .noWebSocket: "501"
        }
    }

    /// The `error` parameter of Proxy-Status (RFC 9209, 2.3).
    var proxyStatus: String {
        switch self {
        case .refused, .noSocket, .notPermitted: "connection_refused"
        case .unresolved: "dns_error"
        case .prohibited: "destination_ip_prohibited"
        case .tls(let failure): failure.proxyStatus
        case .busy, .waitedTooLong: "connection_limit_reached"
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

    /// Whether the service gave no answer, rather than none to a wish that it does not know.
    var isOfService: Bool {
        switch self {
        case .noWebSocket: false
        case .refused, .noSocket, .notPermitted, .unresolved, .prohibited, .connectTimeout, .tls, .busy, .waitedTooLong,
            .unreachable, .closed, .reset, .timeout, .badResponse, .notHTTP2, .silent, .badHTTP2, .declined, .gaveUp:
            true
        }
    }

    var sentence: String {
        switch self {
        case .refused: "The local service is not running: it refused the connection."
        case .noSocket: "The local service is not running: there is no socket at its path."
        case .notPermitted: "The agent may not connect to the local service: the system denied it permission."
        case .unresolved: "The local service's name stands for no address: the device cannot resolve it."
        case .prohibited: "The local service's name stands for an address that an agent does not connect to."
        case .tls(let failure): failure.sentence
        case .busy: "The local service is busy: as many requests wait for a connection as may."
        case .waitedTooLong: "The local service is busy: no connection became free in time."
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
        guard let error = error as? NIOConnectionError else {
            self = .init(dialling: error)
            return
        }
        let failures = error.connectionErrors.map { OriginFailure(dialling: $0.error) }
        // Every address was tried. When one of them refused, the service is simply not running; what is no address of
        // the service says little as long as another one does.
        self =
            failures.first { if case .refused = $0 { true } else { false } }
            ?? failures.first { if case .prohibited = $0 { false } else { true } }
            ?? failures.first ?? .unresolved
    }

    /// Reads why one address did not take a connection.
    private init(dialling error: any Error) {
        switch error {
        case is UnreachableByRule: self = .prohibited
        case let failure as OriginTLSFailure: self = .tls(failure)
        case ChannelError.connectTimeout: self = .connectTimeout
        case is SocketAddressError.UnknownHost: self = .unresolved
        case let error as IOError:
            switch error.errnoCode {
            case ECONNREFUSED: self = .refused
            case ENOENT: self = .noSocket
            case EACCES, EPERM: self = .notPermitted
            case ETIMEDOUT: self = .connectTimeout
            default: self = .unreachable  // any other number
            }
        default: self = .unreachable  // any other error
        }
    }

    /// Reads how a connection that was in use failed.
    init(inUse error: any Error) {
        switch error {
        case let error as IOError where error.errnoCode == ECONNRESET: self = .reset
        case is IOError: self = .closed
        case NIOSSLError.uncleanShutdown: self = .closed
        case is NIOSSLError, is BoringSSLError: self = .tls(OriginTLSFailure(error, expecting: ""))
        default: self = .reset  // any other error
        }
    }
}
