/// One message of a WebSocket, one server-sent event, or one length-prefixed message of gRPC.
package struct StreamMessage: Codable, Sendable, Equatable {
    package enum Direction: String, Codable, Sendable {
        /// From the visitor to the origin.
        case inbound = "in"
        /// From the origin to the visitor.
        case outbound = "out"
    }

    package enum Kind: String, Codable, Sendable {
        case text, binary, close, ping, pong, event
    }

    package var direction: Direction
    /// After the head of the request, when the last piece of the message passed.
    package var atMilliseconds: Double
    package var kind: Kind
    /// All bytes of its payload, kept or not.
    package var size: Int
    package var encoding: ContentEncoding
    package var content: String
    package var truncated: Bool
    /// Whether `content` is still compressed.
    package var compressed: Bool
    /// The status code of a close frame.
    package var closeCode: Int?
    /// The type of a server-sent event, when it names one.
    package var eventName: String?
    /// The identifier of a server-sent event, when it sets one.
    package var eventID: String?

    private enum CodingKeys: String, CodingKey {
        case direction, kind, size, encoding, content, truncated, compressed
        case atMilliseconds = "at_ms"
        case closeCode = "close_code"
        case eventName = "event_name"
        case eventID = "event_id"
    }
}
