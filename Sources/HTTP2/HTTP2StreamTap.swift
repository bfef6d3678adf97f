package import HTTPFields
package import NIOCore

/// Looks on while a stream is served, and changes nothing; every call is made on the connection's event loop.
///
/// What comes from the peer is told before the stream's delegate hears it; what goes to the peer is told as it is queued.
package protocol HTTP2StreamTap: AnyObject {
    /// A piece of the request's body.
    func received(_ data: ByteBuffer)
    /// The request's trailers.
    func received(trailers: FieldSection)
    /// The request is complete.
    func receivedEnd()
    /// The head of an interim or of the final response.
    func sends(head: FieldSection)
    /// The head of the final response, whose status does not stand among its fields.
    ///
    /// The fields may lie in a larger buffer, which whoever keeps them should not keep.
    func sends(status: Int, fields: FieldSection)
    /// A piece of the response's body.
    func sends(_ data: ByteBuffer)
    /// The end of the response.
    func sendsEnd(trailers: FieldSection?)
    /// The stream is over; no further call follows.
    func closed(_ code: HTTP2ErrorCode)
}

extension HTTP2StreamTap {
    package func sends(status: Int, fields: FieldSection) { sends(head: FieldSection(status: status, fields)) }
}

extension FieldSection {
    /// The head of a response, in memory of its own.
    package init(status: Int, _ fields: FieldSection) {
        self.init(capacity: fields.storage.readableBytes + 16, fields: fields.count + 1)
        append(.status, String(status))
        for index in fields.entries.indices { append(index, of: fields) }
    }
}
