import HTTP1
import HTTP2
import HTTPFields
import NIOCore

extension HTTP1ResponseHead {
    /// The head as the tunnel has it, without what belongs to the connection to the origin.
    var relayed: FieldSection {
        FieldSection(status: status, relayedFields)
    }

    /// The same without the status; the fields stay where they are.
    var relayedFields: FieldSection {
        // RFC 9110, 8.6: a 204 has no length. Origins write one all the same, and HTTP/2 would hold it against them.
        lasting(except: status == 204 ? .contentLength : nil)
    }

    /// The origin's agreement to a WebSocket as the tunnel has it (RFC 8441, 5).
    var relayedUpgrade: FieldSection {
        FieldSection(status: 200, lasting(except: .secWebSocketAccept))
    }

    var hasNoBody: Bool { framing == .none || framing == .length(0) }
}
