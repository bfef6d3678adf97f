import HTTPFields
import NIOCore

/// The bytes of one stream that wait for the connection to take them.
struct OutboundQueue {
    private var chunks: [ByteBuffer] = []
    private var next = 0
    private(set) var byteCount = 0
    /// Set once nothing more will be appended.
    var isEnding = false
    /// What follows the last byte instead of END_STREAM on it.
    var trailers: FieldSection?

    mutating func append(_ chunk: ByteBuffer) {
        guard chunk.readableBytes > 0 else { return }
        chunks.append(chunk)
        byteCount += chunk.readableBytes
    }

    /// Moves exactly `count` bytes, which must be queued, to the end of `output`.
    mutating func move(_ count: Int, to output: inout ByteBuffer) {
        var missing = count
        while missing > 0, next < chunks.count {
            let length = min(missing, chunks[next].readableBytes)
            if var slice = chunks[next].readSlice(length: length) { output.writeBuffer(&slice) }
            missing -= length
            if chunks[next].readableBytes == 0 {
                chunks[next] = ByteBuffer()  // lets go of the memory before the whole queue is through
                next += 1
            }
        }
        byteCount -= count - missing
        if next == chunks.count {
            chunks.removeAll(keepingCapacity: true)
            next = 0
        } else if next >= 64 {
            chunks.removeFirst(next)
            next = 0
        }
    }

    mutating func removeAll() -> Int {
        let dropped = byteCount
        chunks = []
        next = 0
        byteCount = 0
        return dropped
    }
}
