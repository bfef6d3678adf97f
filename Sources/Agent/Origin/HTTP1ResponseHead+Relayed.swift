import HTTP1
import HTTPFields
import NIOCore

extension HTTP1ResponseHead {
    /// The head as the tunnel has it, without what belongs to the connection to the origin.
    var relayed: FieldSection {
        var section = FieldSection(capacity: fields.storage.readableBytes + 16, fields: fields.count + 1)
        section.append(.status, String(status))
        let hop = HopByHop.Section(fields)
        for index in fields.entries.indices where !hop.isConnectionSpecific(at: index) {
            // RFC 9110, 8.6: a 204 has no length. Origins write one all the same, and HTTP/2 would hold it against them.
            if status == 204, fields.is(.contentLength, at: index) { continue }
            section.append(index, of: fields)
        }
        return section
    }

    /// The origin's agreement to a WebSocket as the tunnel has it (RFC 8441, 5).
    var relayedUpgrade: FieldSection {
        var section = FieldSection(capacity: 256, fields: fields.count + 1)
        section.append(.status, "200")
        let hop = HopByHop.Section(fields)
        for index in fields.entries.indices where !hop.isConnectionSpecific(at: index) {
            guard !fields.is(.secWebSocketAccept, at: index) else { continue }
            section.append(index, of: fields)
        }
        return section
    }

    var hasNoBody: Bool { framing == .none || framing == .length(0) }
}
