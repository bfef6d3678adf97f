package import NIOCore

/// What a reader that fell behind has still to take: copied out of the read buffers, so that it pins none of them.
///
/// A slice of 16 KiB keeps the whole buffer alive that it was read into; fifty slow readers would hold many times what
/// they are owed. Bounded by the stream's receive window, because the peer gets no credit for what waits here.
package struct StalledBody {
    private var bytes = ByteBuffer()

    package init() {}

    package var isEmpty: Bool { bytes.readableBytes == 0 }

    /// Keeps a copy until ``take()``.
    package mutating func keep(_ data: ByteBuffer) { bytes.writeBytes(data.readableBytesView) }

    /// Hands out a piece of what waits, or nil when nothing does.
    package mutating func take(upTo limit: Int) -> ByteBuffer? {
        guard bytes.readableBytes > limit else { return take() }
        return bytes.readSlice(length: limit)
    }

    /// Hands out all that waits, or nil when nothing does.
    package mutating func take() -> ByteBuffer? {
        guard !isEmpty else { return nil }
        var taken = ByteBuffer()
        swap(&taken, &bytes)
        return taken
    }
}
