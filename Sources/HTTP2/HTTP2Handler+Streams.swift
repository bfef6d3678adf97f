package import HTTPFields
package import NIOCore

// What owners of streams ask of the connection.
extension HTTP2Handler {
    /// Opens a stream (client role).
    package func open(
        _ fields: FieldSection,
        ends: Bool,
        delegate: any HTTP2StreamDelegate
    ) throws(HTTP2Error) -> HTTP2Stream {
        guard !hasEnded else { throw HTTP2Error(.noNewStreams, "the connection is over") }
        let stream = try session.request(fields, ends: ends)
        stream.delegate = delegate
        schedulePump()
        return stream
    }

    /// Answers a stream (server role).
    package func respond(_ fields: FieldSection, on stream: HTTP2Stream, ends: Bool) throws(HTTP2Error) {
        var fields = fields
        stream.responseEdit?(&fields)
        try session.respond(fields, on: stream, ends: ends)
        stream.tap?.sends(head: fields)
        if ends { stream.tap?.sendsEnd(trailers: nil) }
        schedulePump()
    }

    /// Answers a stream (server role) with fields that have no status among them.
    package func respond(
        _ status: Int,
        _ fields: FieldSection,
        on stream: HTTP2Stream,
        ends: Bool
    ) throws(HTTP2Error) {
        guard stream.responseEdit == nil else {
            return try respond(FieldSection(status: status, fields), on: stream, ends: ends)
        }
        try session.respond(fields, status: status, on: stream, ends: ends)
        if let tap = stream.tap {
            tap.sends(status: status, fields: fields)
            if ends { tap.sendsEnd(trailers: nil) }
        }
        schedulePump()
    }

    /// Sends an interim response (server role).
    package func inform(_ fields: FieldSection, on stream: HTTP2Stream) throws(HTTP2Error) {
        try session.inform(fields, on: stream)
        stream.tap?.sends(head: fields)
        schedulePump()
    }

    /// Sends bytes of a body.
    ///
    /// - Returns: Whether the source may go on; when not, `streamWritable` follows.
    package func send(_ data: ByteBuffer, on stream: HTTP2Stream) -> Bool {
        stream.tap?.sends(data)
        let mayGoOn = session.send(data, on: stream)
        schedulePump()
        return mayGoOn
    }

    /// Ends our side of a stream.
    package func finish(_ stream: HTTP2Stream, trailers: FieldSection? = nil) {
        stream.tap?.sendsEnd(trailers: trailers)
        session.finish(stream, trailers: trailers)
        schedulePump()
    }

    /// Ends a stream at once, in both directions.
    package func reset(_ stream: HTTP2Stream, _ code: HTTP2ErrorCode) {
        session.reset(stream, code)
        schedulePump()
    }

    /// How many streams are open.
    package var openStreams: Int { session.openStreams }

    /// Whether the peer has said that it takes no new streams.
    package var isLeaving: Bool { session.peerIsLeaving }
}
