import NIOCore

/// The ways in which the same bytes may arrive.
enum Pieces {
    /// All at once, one by one, and in pieces whose sizes the bytes themselves decide.
    static func cuts(_ bytes: [UInt8]) -> [[ByteBuffer]] {
        [[ByteBuffer(bytes: bytes)], bytes.map { ByteBuffer(bytes: [$0]) }, uneven(bytes)]
    }

    /// Pieces of 1 to 61 bytes; the same bytes are always cut in the same way.
    static func uneven(_ bytes: [UInt8]) -> [ByteBuffer] {
        var pieces: [ByteBuffer] = []
        var state = bytes.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        var rest = bytes[...]
        while !rest.isEmpty {
            state = state &* 1_664_525 &+ 1_013_904_223
            let piece = rest.prefix(1 + Int(state >> 16) % 61)
            pieces.append(ByteBuffer(bytes: piece))
            rest = rest.dropFirst(piece.count)
        }
        return pieces
    }
}
