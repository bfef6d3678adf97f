package import NIOCore

/// What a reader that fell behind has still to take: copied out of the read buffers, so that it pins none of them.
///
/// A slice of 16 KiB keeps the whole buffer alive that it was read into; fifty slow readers would hold many times what
/// they are owed. For the same reason it is kept in pieces, each freed when it has been taken: a reader may stay behind
/// for all of a body, and one buffer would grow with every byte that ever passed through it. Bounded by the stream's
/// receive window, because the peer gets no credit for what waits here.
package struct StalledBody {
    /// Made when something waits: an empty one has memory of its own, and most readers are never behind.
    private var pieces: CircularBuffer<ByteBuffer>?
    /// Bytes that wait.
    package private(set) var byteCount = 0

    /// The most that ``take()`` hands out.
    package static let pieceSize = 64 * 1024

    package init() {}

    package var isEmpty: Bool { byteCount == 0 }

    /// Keeps a copy until ``take()``.
    package mutating func keep(_ data: ByteBuffer) {
        guard data.readableBytes > 0 else { return }
        var rest = data
        var pieces = self.pieces.take() ?? CircularBuffer()
        defer { self.pieces = pieces }
        byteCount += rest.readableBytes
        while rest.readableBytes > 0 {
            if (pieces.last?.writerIndex ?? Self.pieceSize) >= Self.pieceSize { Self.addPiece(to: &pieces) }
            let last = pieces.index(before: pieces.endIndex)
            let room = Self.pieceSize - pieces[last].writerIndex
            if var part = rest.readSlice(length: min(room, rest.readableBytes)) { pieces[last].writeBuffer(&part) }
        }
    }

    private static func addPiece(to pieces: inout CircularBuffer<ByteBuffer>) {
        var piece = ByteBuffer()
        // Whoever is a whole piece behind will have the next one filled, too.
        if !pieces.isEmpty { piece.reserveCapacity(pieceSize) }
        pieces.append(piece)
    }

    /// Hands out the next piece, or nil when nothing waits.
    package mutating func take() -> ByteBuffer? {
        guard let piece = pieces?.popFirst() else { return nil }
        byteCount -= piece.readableBytes
        return piece
    }

    /// Lets go of everything.
    ///
    /// - Returns: How many bytes waited.
    package mutating func drop() -> Int {
        defer { self = StalledBody() }
        return byteCount
    }
}
