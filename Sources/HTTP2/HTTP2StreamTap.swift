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
    /// A piece of the response's body.
    func sends(_ data: ByteBuffer)
    /// The end of the response.
    func sendsEnd(trailers: FieldSection?)
    /// The stream is over; no further call follows.
    func closed(_ code: HTTP2ErrorCode)
}
