import HTTP1
import HTTPFields
import NIOCore

/// A visitor's request as the agent gets it: HTTP/2 fields, and who the visitor is.
///
/// Connection-specific fields end here (RFC 9113, 8.2.2), and so does whatever a visitor says about who it is: those
/// fields are written anew from the socket.
struct ForwardedRequest {
    let fields: FieldSection

    init(
        _ request: VisitorRequest,
        authority: String,
        visitor: SocketAddress?,
        scheme: String,
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
        fields.append(":scheme", scheme)
        fields.append(":authority", authority)
        fields.append(":path", request.target)
        for index in incoming.entries.indices where !Self.endsHere(incoming, index) {
            if isWebSocket, incoming.nameEquals("sec-websocket-key", at: index) { continue }
            fields.append(name: incoming.name(at: index), value: incoming.value(at: index))
        }
        if let address = visitor?.host { fields.append("x-forwarded-for", address) }
        fields.append("x-forwarded-proto", scheme)
        fields.append("x-forwarded-host", authority)
        fields.append("x-request-id", requestID)
        self.fields = fields
    }

    /// Whether a field is for the edge alone.
    private static func endsHere(_ fields: FieldSection, _ index: Int) -> Bool {
        if HopByHop.isConnectionSpecific(fields, at: index) { return true }
        let name = fields.name(at: index)
        if name.first == UInt8(ascii: ":") { return true }
        return ownFields.contains { aliases(name, $0) }
    }

    /// Whether an origin may take one name for the other: CGI and its heirs read `_` and `-` alike (RFC 3875, 4.1.18).
    private static func aliases(_ name: ByteBufferView, _ own: String) -> Bool {
        guard name.count == own.utf8.count else { return false }
        return zip(name, own.utf8).allSatisfy { byte, expected in
            byte | 0x20 == expected || byte == expected || byte == UInt8(ascii: "_") && expected == UInt8(ascii: "-")
        }
    }

    /// Written from the socket, or answered by the edge itself; what a visitor sends under these names is dropped.
    private static let ownFields = [
        "host", "expect", "forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-port",
        "x-real-ip", "x-request-id",
    ]
}
