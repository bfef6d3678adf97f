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

    private func keepCounting(_ stream: HTTP2Stream, _ reader: any HTTP2StreamDelegate) {
        if stream.unreadBytes > 0 { behind[ObjectIdentifier(stream)] = Behind(stream: stream, reader: reader) }
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
            keepCounting(stream, closing)
            return closing.stream(stream, closed: code)
        }
        // What is told after the end of the connection has been counted off with it.
        guard !isSettled else {
            _ = stream.window.read(stream.unreadBytes, now: .now(), roundTrip: nil, allowance: 0)
            return closing.stream(stream, closed: code)
        }
        // Otherwise it mostly drops it, and what it does keep goes on counting.
        keepCounting(stream, closing)
        closing.stream(stream, closed: code)
        forgetUnread(of: stream, but: closing.bytesKept(of: stream))
        // One that this end cut off for what it holds may have thought that it has all the time there is.
        if stream.wasEvicted, closing.bytesKept(of: stream) > 0 { closing.streamEvicted(stream) }
        // What was kept back for its sake may be the peer's at once; nobody else might ask for it.
        returnHeldCredit()
        schedulePump()
    }
}
