/// Names by which the fields of every message are asked.
///
/// A section tells each field's name apart once, when the field is appended or parsed; from then on asking for a name is
/// comparing a byte. Every name is in lower case.
package enum FieldName: UInt8, Sendable, CaseIterable {
    /// None of those below.
    case other
    case authority, method, path, `protocol`, scheme, status
    case accept, connection, contentLength, cookie, expect, forwarded, host, http2Settings, keepAlive, proxyConnection
    case proxyStatus, secWebSocketAccept, secWebSocketKey, te, traceparent, tracestate, transferEncoding, upgrade
    case xForwardedFor, xForwardedHost, xForwardedPort, xForwardedProto, xRealIP, xRequestID

    /// Spelt out, because other modules would call the one that every raw type has by way of its tables.
    package static func == (one: FieldName, other: FieldName) -> Bool { one.rawValue == other.rawValue }

    /// Spelt out for the same reason.
    package static func != (one: FieldName, other: FieldName) -> Bool { one.rawValue != other.rawValue }

    /// Whether it is one of the pseudo-header fields of RFC 9113, 8.3.
    package var isPseudo: Bool {
        FieldName.authority.rawValue <= rawValue && rawValue <= FieldName.status.rawValue
    }

    /// The name as it is written; empty for ``other``.
    package var text: StaticString {
        switch self {
        case .other: ""
        case .authority: ":authority"
        case .method: ":method"
        case .path: ":path"
        case .protocol: ":protocol"
        case .scheme: ":scheme"
        case .status: ":status"
        case .accept: "accept"
        case .connection: "connection"
        case .contentLength: "content-length"
        case .cookie: "cookie"
        case .expect: "expect"
        case .forwarded: "forwarded"
        case .host: "host"
        case .http2Settings: "http2-settings"
        case .keepAlive: "keep-alive"
        case .proxyConnection: "proxy-connection"
        case .proxyStatus: "proxy-status"
        case .secWebSocketAccept: "sec-websocket-accept"
        case .secWebSocketKey: "sec-websocket-key"
        case .te: "te"
        case .traceparent: "traceparent"
        case .tracestate: "tracestate"
        case .transferEncoding: "transfer-encoding"
        case .upgrade: "upgrade"
        case .xForwardedFor: "x-forwarded-for"
        case .xForwardedHost: "x-forwarded-host"
        case .xForwardedPort: "x-forwarded-port"
        case .xForwardedProto: "x-forwarded-proto"
        case .xRealIP: "x-real-ip"
        case .xRequestID: "x-request-id"
        }
    }

    /// The only name that bytes of that length can be, whose first letter and fourth letter from the end these are.
    static func candidate(length: Int, first: UInt8, fourthLast: UInt8) -> FieldName {
        switch (length, Unicode.Scalar(first), Unicode.Scalar(fourthLast)) {
        case (2, "t", _): .te
        case (4, "h", _): .host
        case (5, ":", _): .path
        case (6, "a", _): .accept
        case (6, "c", _): .cookie
        case (6, "e", _): .expect
        case (7, ":", "t"): .method
        case (7, ":", "h"): .scheme
        case (7, ":", "a"): .status
        case (7, "u", _): .upgrade
        case (9, ":", _): .protocol
        case (9, "f", _): .forwarded
        case (9, "x", _): .xRealIP
        case (10, ":", _): .authority
        case (10, "c", _): .connection
        case (10, "k", _): .keepAlive
        case (10, "t", _): .tracestate
        case (11, "t", _): .traceparent
        case (12, "p", _): .proxyStatus
        case (12, "x", _): .xRequestID
        case (14, "c", _): .contentLength
        case (14, "h", _): .http2Settings
        case (15, "x", _): .xForwardedFor
        case (16, "p", _): .proxyConnection
        case (16, "x", "h"): .xForwardedHost
        case (16, "x", "p"): .xForwardedPort
        case (17, "s", _): .secWebSocketKey
        case (17, "t", _): .transferEncoding
        case (17, "x", _): .xForwardedProto
        case (20, "s", _): .secWebSocketAccept
        default: .other
        }
    }
}
