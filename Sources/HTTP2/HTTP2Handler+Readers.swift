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
    func close(_ stream: HTTP2Stream, _ code: HTTP2ErrorCode) {
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
        // A reader that is still behind on a stream that ended well takes the rest later; otherwise it drops it.
        if code != .noError {
            forgetUnread(of: stream)
        } else if stream.unreadBytes > 0, !hasEnded {
            behind[ObjectIdentifier(stream)] = (stream, closing)
        }
        closing.stream(stream, closed: code)
    }
}
