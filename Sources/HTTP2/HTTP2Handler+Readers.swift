import NIOCore

// What comes on streams, and who reads it.
extension HTTP2Handler {
    /// Counts what has arrived and hands it to its reader.
    func received(_ data: ByteBuffer, on stream: HTTP2Stream) {
        unread += data.readableBytes
        heldCredit += data.readableBytes
        budget.add(data.readableBytes)
        guard let reader = stream.delegate else { return taken(data.readableBytes, on: stream) }
        markDirty(stream)
        stream.tap?.received(data)
        reader.stream(stream, received: data)
    }

    /// Takes leave of a stream, whose reader may still be behind.
    func streamIsOver(_ stream: HTTP2Stream, _ code: HTTP2ErrorCode) {
        windowsGrown -= stream.window.grown
        let tap = stream.tap
        stream.tap = nil
        stream.responseEdit = nil
        defer { tap?.closed(code) }
        guard let closing = stream.delegate else { return }
        if stream.isDirty {
            stream.isDirty = false
            closing.streamReadComplete(stream)
        }
        stream.delegate = nil
        // A reader that is still behind on a stream that ended well takes the rest later.
        if code == .noError, !hasEnded {
            if stream.unreadBytes > 0 { behind[ObjectIdentifier(stream)] = (stream, closing) }
            return closing.stream(stream, closed: code)
        }
        // Otherwise it mostly drops it, and what it does keep goes on counting.
        closing.stream(stream, closed: code)
        forgetUnread(of: stream, but: closing.bytesKept(of: stream))
        if stream.unreadBytes > 0 { behind[ObjectIdentifier(stream)] = (stream, closing) }
        // What was kept back for its sake may be the peer's at once; nobody else might ask for it.
        returnHeldCredit()
        schedulePump()
    }
}
