import HTTPFields
package import NIOCore

/// What happened to one request, for people who watch and for the log; no query and no field values.
package struct RequestRecord: Sendable {
    package let method: String
    /// The path without its query, which may hold secrets.
    package let path: String
    package internal(set) var status = 0
    /// Bytes of the request's body that the origin was given.
    package internal(set) var received = 0
    /// Bytes of the response's body.
    package internal(set) var sent = 0
    package private(set) var duration = TimeAmount.zero
    private let began = NIODeadline.now()

    init(_ fields: FieldSection) {
        method = fields.string(":method") ?? ""
        // By bytes: a `?` that a combining mark follows is no `?` to a String.
        let target = fields.first(":path")?.prefix(256).prefix { $0 != UInt8(ascii: "?") } ?? ByteBufferView()
        path = String(decoding: target, as: UTF8.self)
    }

    mutating func end() { duration = NIODeadline.now() - began }
}
