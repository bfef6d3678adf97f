import NIOCore

/// Reads the length-prefixed messages of gRPC: a flag, four bytes of length, the message.
struct GRPCDecoder: MessageDecoder {
    private var prefix: [UInt8] = []
    private var message: DecodedMessage?
    private var remaining = 0
    private(set) var problem: String?

    mutating func feed(_ data: ByteBuffer, keep: Int, found: (DecodedMessage) -> Void) {
        var data = data.readableBytesView
        while problem == nil {
            if message != nil {
                let piece = data.prefix(remaining)
                message?.append(piece, keep: keep)
                data = data.dropFirst(piece.count)
                remaining -= piece.count
                guard remaining == 0, let complete = message else { return }
                message = nil
                found(complete)
            } else {
                let piece = data.prefix(5 - prefix.count)
                prefix += piece
                data = data.dropFirst(piece.count)
                guard prefix.count == 5 else { return }
                begin()
            }
        }
    }

    private mutating func begin() {
        guard prefix[0] < 2 else {
            problem = "what followed is not the messages of gRPC"
            return
        }
        message = DecodedMessage(kind: .binary, isCompressed: prefix[0] == 1)
        remaining = prefix[1...].reduce(0) { $0 << 8 | Int($1) }
        prefix.removeAll(keepingCapacity: true)
    }
}
