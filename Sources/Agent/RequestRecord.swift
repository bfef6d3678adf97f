import HTTPFields
package import NIOCore

/// What happened to one request, for people who watch and for the log; no query and no field values.
package struct RequestRecord: Sendable, Equatable {
    /// The name of the endpoint that served it.
    package var endpoint: String
    package let method: String
    /// The path without its query, which may hold secrets.
    package let path: String
    package let status: Int
    /// Bytes of the request's body that the origin was given.
    package let received: Int
    /// Bytes of the response's body.
    package let sent: Int
    package let duration: TimeAmount

    /// - Parameters:
    ///   - progress: How far the request came, which is over now.
    ///   - endpoint: The name of the endpoint that served it.
    init(_ progress: RequestProgress, endpoint: String) {
        self.endpoint = endpoint
        method = progress.fields.string(":method") ?? ""
        // By bytes: a `?` that a combining mark follows is no `?` to a String.
        let target = progress.fields.first(.path)?.prefix(256).prefix { $0 != UInt8(ascii: "?") }
        path = String(decoding: target ?? ByteBufferView(), as: UTF8.self)
        status = progress.status
        received = progress.received
        sent = progress.sent
        duration = NIODeadline.now() - progress.began
    }
}

/// How far one request has come: what its record is made from, when anybody wants one.
struct RequestProgress {
    /// The request's head.
    let fields: FieldSection
    let began: NIODeadline
    var status = 0
    /// Bytes of the request's body that the origin was given.
    var received = 0
    /// Bytes of the response's body.
    var sent = 0

    init(_ fields: FieldSection, began: NIODeadline = .now()) {
        self.fields = fields
        self.began = began
    }
}

extension RequestRecord: Codable {
    private enum CodingKeys: String, CodingKey {
        case endpoint, method, path, status
        case received = "request_bytes"
        case sent = "response_bytes"
        case duration = "duration_ms"
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        endpoint = try members.decode(String.self, forKey: .endpoint)
        method = try members.decode(String.self, forKey: .method)
        path = try members.decode(String.self, forKey: .path)
        status = try members.decode(Int.self, forKey: .status)
        received = try members.decode(Int.self, forKey: .received)
        sent = try members.decode(Int.self, forKey: .sent)
        let milliseconds = min(max(try members.decode(Double.self, forKey: .duration), 0), 1e12)
        duration = .microseconds(Int64(milliseconds * 1000))
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(endpoint, forKey: .endpoint)
        try members.encode(method, forKey: .method)
        try members.encode(path, forKey: .path)
        try members.encode(status, forKey: .status)
        try members.encode(received, forKey: .received)
        try members.encode(sent, forKey: .sent)
        try members.encode(Double(duration.nanoseconds) / 1_000_000, forKey: .duration)
    }
}
