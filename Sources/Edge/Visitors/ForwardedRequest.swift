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
            fields.append(":method", "CONNECT")
            fields.append(":protocol", "websocket")
        } else {
            fields.append(":method", request.method)
        }
        fields.append(":scheme", visitor.scheme)
        fields.append(":authority", authority)
        fields.append(":path", request.target)
        for index in incoming.entries.indices where !Self.endsHere(incoming, index) {
            if isWebSocket, incoming.nameEquals("sec-websocket-key", at: index) { continue }
            fields.append(name: incoming.name(at: index), value: incoming.value(at: index))
        }
        visitor.append(to: &fields)
        trace.append(to: &fields)
        fields.append("x-request-id", requestID)
        self.fields = fields
    }

    /// Whether a field is for the edge alone.
    private static func endsHere(_ fields: FieldSection, _ index: Int) -> Bool {
        if HopByHop.isConnectionSpecific(fields, at: index) { return true }
        let name = fields.name(at: index)
        if name.first == UInt8(ascii: ":") { return true }
        return VisitorIdentity.replaces(name) || TraceContext.replaces(name) || isOwn(name)
    }

    /// Answered or written by the edge itself.
    private static func isOwn(_ name: ByteBufferView) -> Bool {
        switch name.count {
        case 4: name.equalsIgnoringCase("host")
        case 6: name.equalsIgnoringCase("expect")
        case 12: name.mayPassFor("x-request-id")
        default: false
        }
    }
}
