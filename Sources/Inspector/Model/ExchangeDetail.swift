/// All that is kept of one exchange, secrets already taken out: what the page shows and what the exports are made of.
package struct ExchangeDetail: Codable, Sendable, Equatable {
    package var summary: ExchangeSummary
    /// `http` or `https`, as the visitor came.
    package var scheme: String
    /// The whole target, which ``ExchangeSummary/path`` may cut short.
    package var path: String
    package var request: MessageRecord
    package var response: MessageRecord
    /// Interim responses (1xx) in order, of which only the first few are kept.
    package var interim: [InterimRecord]
    package var timing: ExchangeTiming
    /// What WebSocket, server-sent events or gRPC carried, in order of arrival.
    package var messages: [StreamMessage]
    /// Messages that were counted and not kept.
    package var messagesDropped: Int
    /// Why what followed could not be read as messages.
    package var messagesProblem: String?

    private enum CodingKeys: String, CodingKey {
        case summary, scheme, path, request, response, interim, timing, messages
        case messagesDropped = "messages_dropped"
        case messagesProblem = "messages_problem"
    }
}

/// One of the two messages of an exchange; pseudo-header fields are not among its fields.
package struct MessageRecord: Codable, Sendable, Equatable {
    package var fields: [FieldRecord]
    package var trailers: [FieldRecord]
    package var body: BodyRecord
}

/// A field as text; bytes that are not UTF-8 are replaced.
package struct FieldRecord: Codable, Sendable, Equatable {
    package var name: String
    package var value: String

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// An interim response.
package struct InterimRecord: Codable, Sendable, Equatable {
    package var status: Int
    package var fields: [FieldRecord]
    package var atMilliseconds: Double

    private enum CodingKeys: String, CodingKey {
        case status, fields
        case atMilliseconds = "at_ms"
    }
}

/// How ``BodyRecord/content`` and its like write bytes down.
package enum ContentEncoding: String, Codable, Sendable {
    case text, base64
}

/// The beginning of a body.
package struct BodyRecord: Codable, Sendable, Equatable {
    /// All bytes that passed.
    package var bytesTotal: Int
    /// How many of them are kept; secrets are replaced after this is counted.
    package var kept: Int
    package var truncated: Bool
    package var encoding: ContentEncoding
    package var content: String
    /// The media type without its parameters, in small letters; empty when there is none.
    package var mediaType: String
    /// The compression that it passed under, such as `gzip`: text has it undone, Base64 has not.
    package var contentCoding: String?

    private enum CodingKeys: String, CodingKey {
        case kept, truncated, encoding, content
        case bytesTotal = "bytes_total"
        case mediaType = "media_type"
        case contentCoding = "content_coding"
    }
}

/// When things happened, in milliseconds after the head of the request arrived at the agent.
package struct ExchangeTiming: Codable, Sendable, Equatable {
    /// When the edge had the head, at or before zero; nil when it did not say.
    package var edgeReceived: Double?
    package var tunnelReceived = 0.0
    /// The visitor's last byte arrived at the agent.
    package var requestReceived: Double?
    /// A connection to the origin stood ready, new or kept.
    package var originConnected: Double?
    /// The last byte of the request was given to the origin.
    package var requestSent: Double?
    package var responseHead: Double?
    package var responseEnd: Double?

    private enum CodingKeys: String, CodingKey {
        case edgeReceived = "edge_received"
        case tunnelReceived = "tunnel_received"
        case requestReceived = "request_received"
        case originConnected = "origin_connected"
        case requestSent = "request_sent"
        case responseHead = "response_head"
        case responseEnd = "response_end"
    }
}
