import HTTPFields
import NIOCore
import TunnelProtocol

/// The requests that open TCP and UDP streams (yellow paper, 9).
enum RawRequest {
    /// A TCP connection of a visitor.
    static func connection(
        to binding: String,
        from visitor: SocketAddress?,
        on listener: SocketAddress?
    ) -> FieldSection {
        var fields = FieldSection(capacity: 160, fields: 4)
        fields.append(":method", "CONNECT")
        fields.append(":authority", binding)
        append(visitor, listener, to: &fields)
        return fields
    }

    /// A flow of datagrams (RFC 9298).
    static func flow(
        to binding: String,
        port: Int,
        from visitor: SocketAddress,
        on listener: SocketAddress?
    ) -> FieldSection {
        var fields = FieldSection(capacity: 256, fields: 8)
        fields.append(":method", "CONNECT")
        fields.append(":protocol", RawStreamFields.datagramProtocol)
        fields.append(":scheme", "https")
        fields.append(":authority", binding)
        fields.append(":path", "/.well-known/masque/udp/origin/\(port)/")
        fields.append("capsule-protocol", "?1")
        append(visitor, listener, to: &fields)
        return fields
    }

    private static func append(_ visitor: SocketAddress?, _ listener: SocketAddress?, to fields: inout FieldSection) {
        if let visitor { fields.append(RawStreamFields.visitor, visitor.hostAndPort) }
        if let listener { fields.append(RawStreamFields.listener, listener.hostAndPort) }
    }
}
