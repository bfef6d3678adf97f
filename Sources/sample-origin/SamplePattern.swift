import NIOCore

/// The bytes of every download: the same on each run, hard to compress, and made without storing them all.
///
/// A 64-bit xorshift (13, 7, 17) from seed 1 fills 256 KiB, low byte first; then the block repeats.
enum SamplePattern {
    static let blockSize = 256 * 1024

    private static let block: ByteBuffer = {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(blockSize)
        var state: UInt64 = 1
        for _ in 0..<(blockSize / 8) {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            buffer.writeInteger(state, endianness: .little)
        }
        return buffer
    }()

    /// The first `count` bytes of the block; shares its memory.
    static func prefix(_ count: Int) -> ByteBuffer {
        block.getSlice(at: block.readerIndex, length: min(count, blockSize)) ?? ByteBuffer()
    }
}
