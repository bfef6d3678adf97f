import HTTPFields
import NIOCore

/// The bytes of one stream that wait for the connection to take them.
struct OutboundQueue {
    /// What goes next; nearly always all there is, and then no list is made.
    private var first: ByteBuffer?
    private var rest: [ByteBuffer] = []
    /// What of the rest comes behind the first.
    private var next = 0
    private(set) var byteCount = 0
    /// Set once nothing more will be appended.
    var isEnding = false
    /// What follows the last byte instead of END_STREAM on it.
    var trailers: FieldSection?

    mutating func append(_ chunk: ByteBuffer) {
        guard chunk.readableBytes > 0 else { return }
        if case nil = first { first = chunk } else { rest.append(chunk) }
        byteCount += chunk.readableBytes
    }

    /// Moves exactly `count` bytes, which must be queued, to the end of `output`.
    mutating func move(_ count: Int, to output: inout ByteBuffer) {
        var missing = count
        while missing > 0, var chunk = first.take() {
            if chunk.readableBytes <= missing {
                missing -= chunk.readableBytes
                output.writeBuffer(&chunk)
                first = takeNext()
            } else {
                if let piece = chunk.readSlice(length: missing) { output.writeImmutableBuffer(piece) }
                missing = 0
                first = chunk
            }
        }
        byteCount -= count - missing
    }

    private mutating func takeNext() -> ByteBuffer? {
        guard next < rest.count else { return nil }
        // Taken out, which lets go of the memory before the whole queue is through.
        var chunk = ByteBuffer()
        swap(&chunk, &rest[next])
        next += 1
        if next == rest.count {
            rest.removeAll(keepingCapacity: true)
            next = 0
        } else if next >= 64, next * 2 >= rest.count {
            // At most as many move up as have left since the last time: a body of tiny pieces must not cost its square.
            rest.removeFirst(next)
            next = 0
        }
        return chunk
    }

    mutating func removeAll() -> Int {
        let dropped = byteCount
        first = nil
        rest = []
        next = 0
        byteCount = 0
        return dropped
    }
}
