import HTTP1
import HTTPFields
import NIOCore

/// A visitor's request as the agent gets it: HTTP/2 fields, and who the visitor is.
///
/// Connection-specific fields end here (RFC 9113, 8.2.2), and so does whatever a visitor says about who it is: those
/// fields are written anew, as is the place in a trace.
struct ForwardedRequest {
    let fields: FieldSection

    init(
        _ request: VisitorRequest,
        authority: String,
        visitor: VisitorIdentity,
        trace: TraceContext,
        requestID: String
    ) {
        let incoming = request.fields
        var fields = FieldSection(capacity: incoming.storage.readableBytes + 512, fields: incoming.count + 10)
        // RFC 8441, 5: a WebSocket is an extended CONNECT; its key is answered here and not passed on.
        let isWebSocket = request.kind == .webSocket
        if isWebSocket {
            fields.append(.method, "CONNECT")
            fields.append(.protocol, "websocket")
        } else {
            fields.append(.method, request.method)
        }
        fields.append(.scheme, visitor.scheme)
        fields.append(.authority, authority)
        fields.append(.path, request.target)
        let hop = HopByHop.Section(incoming)
        for index in incoming.entries.indices where !hop.isConnectionSpecific(at: index) {
            if Self.endsHere(incoming, index) { continue }
            if isWebSocket, incoming.is(.secWebSocketKey, at: index) { continue }
            fields.append(index, of: incoming)
        }
        visitor.append(to: &fields)
        trace.append(to: &fields)
        fields.append(.xRequestID, requestID)
        self.fields = fields
    }

    /// Whether a field is for the edge alone: answered or written by itself, or a claim that it does not pass on.
    private static func endsHere(_ fields: FieldSection, _ index: Int) -> Bool {
        let entry = fields.entries[index]
        switch entry.name {
        case .other: return fields.name(at: index).first == UInt8(ascii: ":")
        case .authority, .method, .path, .protocol, .scheme, .status, .host, .expect, .xRequestID: return true
        case .traceparent, .tracestate: return !entry.isAlias
        case .forwarded, .xForwardedFor, .xForwardedProto, .xForwardedHost, .xForwardedPort, .xRealIP: return true
        case .accept, .connection, .contentLength, .cookie, .http2Settings, .keepAlive, .proxyConnection, .proxyStatus,
            .secWebSocketAccept, .secWebSocketKey, .te, .transferEncoding, .upgrade:
            return false
        }
    }
}
