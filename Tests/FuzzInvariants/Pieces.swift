import NIOCore

/// The ways in which the same bytes may arrive.
enum Pieces {
    /// All at once, one by one, and in pieces whose sizes the bytes themselves decide.
    static func cuts(_ bytes: [UInt8]) -> [[ByteBuffer]] {
        var rest = ByteBuffer(bytes: bytes)
        var single: [ByteBuffer] = []
        single.reserveCapacity(bytes.count)
        while let piece = rest.readSlice(length: 1) { single.append(piece) }
        return [[ByteBuffer(bytes: bytes)], single, uneven(bytes)]
    }

    /// Pieces of 1 to 61 bytes; the same bytes are always cut in the same way.
    static func uneven(_ bytes: [UInt8]) -> [ByteBuffer] {
        var rest = ByteBuffer(bytes: bytes)
        var pieces: [ByteBuffer] = []
        var state = bytes.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        while rest.readableBytes > 0 {
            state = state &* 1_664_525 &+ 1_013_904_223
            let size = min(1 + Int(state >> 16) % 61, rest.readableBytes)
            guard let piece = rest.readSlice(length: size) else { break }
            pieces.append(piece)
        }
        return pieces
    }
}
