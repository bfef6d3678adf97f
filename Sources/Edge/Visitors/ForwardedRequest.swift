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
        let capacity =
            request.fields.storage.readableBytes + request.method.count + request.target.count
            + authority.utf8.count + visitor.scheme.utf8.count + visitor.capacity + trace.capacity
            + requestID.utf8.count + Self.names
        fields = FieldSection(capacity: capacity, fields: request.fields.count + 11) { bytes, entries in
            Self.writePseudoFields(of: request, authority, visitor.scheme, &bytes, &entries)
            Self.copyFields(of: request, &bytes, &entries)
            visitor.write(&bytes, &entries)
            trace.write(&bytes, &entries)
            bytes.append(.xRequestID, requestID, &entries)
        }
    }

    /// More than the names and constant values below have together.
    private static let names = 128

    private static func writePseudoFields(
        of request: VisitorRequest,
        _ authority: String,
        _ scheme: String,
        _ bytes: inout OutputRawSpan,
        _ entries: inout [FieldSection.Entry]
    ) {
        // RFC 8441, 5: a WebSocket is an extended CONNECT; its key is answered here and not passed on.
        if request.kind == .webSocket {
            bytes.append(.method, "CONNECT", &entries)
            bytes.append(.protocol, "websocket", &entries)
        } else {
            bytes.append(.method, request.method, &entries)
        }
        bytes.append(.scheme, scheme, &entries)
        bytes.append(.authority, authority, &entries)
        bytes.append(.path, request.target, &entries)
    }

    private static func copyFields(
        of request: VisitorRequest,
        _ bytes: inout OutputRawSpan,
        _ entries: inout [FieldSection.Entry]
    ) {
        let incoming = request.fields
        let isWebSocket = request.kind == .webSocket
        let hop = HopByHop.Section(incoming)
        for index in incoming.entries.indices where !hop.isConnectionSpecific(at: index) {
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
