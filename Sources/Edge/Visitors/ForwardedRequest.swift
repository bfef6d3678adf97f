import HTTP1
import HTTPFields
import NIOCore

/// A visitor's request as the agent gets it: HTTP/2 fields, and who the visitor is.
///
/// Connection-specific fields end here (RFC 9113, 8.2.2), and so does whatever a visitor says about who it is: those
/// fields are written anew, as is the place in a trace.
struct ForwardedRequest {
    private(set) var fields: FieldSection

    /// - Parameters:
    ///   - request: What the visitor asks.
    ///   - authority: Of whom, in lower case.
    ///   - visitor: Who it is.
    ///   - trace: The request's place in a trace.
    ///   - requestID: What the visitor can quote.
    ///   - used: Fields of another request that nobody needs any more; their memory is used again.
    init(
        _ request: VisitorRequest,
        authority: String,
        visitor: VisitorIdentity,
        trace: TraceContext,
        requestID: String,
        reusing used: consuming FieldSection = .empty
    ) {
        let (incoming, method, target) = (request.fields, request.method, request.target)
        let isWebSocket = request.kind == .webSocket
        let capacity =
            incoming.storage.readableBytes + method.count + target.count
            + authority.utf8.count + visitor.scheme.utf8.count + visitor.capacity + trace.capacity
            + requestID.utf8.count + Self.names
        fields = consume used
        fields.rewrite(capacity: capacity, fields: incoming.count + 11) { bytes, entries in
            // RFC 8441, 5: a WebSocket is an extended CONNECT; its key is answered here and not passed on.
            if isWebSocket {
                bytes.append(.method, "CONNECT", &entries)
                bytes.append(.protocol, "websocket", &entries)
            } else {
                bytes.append(.method, method, &entries)
            }
            bytes.append(.scheme, visitor.scheme, &entries)
            bytes.append(.authority, authority, &entries)
            bytes.append(.path, target, &entries)
            Self.copy(incoming, isWebSocket, &bytes, &entries)
            visitor.write(&bytes, &entries)
            trace.write(&bytes, &entries)
            bytes.append(.xRequestID, requestID, &entries)
        }
    }

    /// More than the names and constant values below have together.
    private static let names = 128

    private static func copy(
        _ incoming: FieldSection,
        _ isWebSocket: Bool,
        _ bytes: inout OutputRawSpan,
        _ entries: inout [FieldSection.Entry]
    ) {
        let hop = HopByHop.Section(incoming)
        for index in incoming.entries.indices where !hop.isConnectionSpecific(incoming, at: index) {
            if endsHere(incoming, index) { continue }
            if isWebSocket, incoming.is(.secWebSocketKey, at: index) { continue }
            bytes.append(index, of: incoming, &entries)
        }
    }

    /// Whether a field is for the edge alone: answered or written by itself, or a claim that it does not pass on.
    private static func endsHere(_ fields: FieldSection, _ index: Int) -> Bool {
        let entry = fields.entries[index]
        switch entry.name {
        case .other: return fields.isPseudo(at: index)
        case .authority, .method, .path, .protocol, .scheme, .status, .host, .expect, .xRequestID: return true
        case .traceparent, .tracestate: return !entry.isAlias
        case .forwarded, .xForwardedFor, .xForwardedProto, .xForwardedHost, .xForwardedPort, .xRealIP: return true
        case .accept, .connection, .contentLength, .cookie, .http2Settings, .keepAlive, .proxyConnection, .proxyStatus,
            .secWebSocketAccept, .secWebSocketKey, .te, .transferEncoding, .upgrade:
            return false
        }
    }
}
