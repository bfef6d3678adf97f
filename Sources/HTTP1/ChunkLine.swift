import NIOCore

/// The line before a chunk: its size, perhaps extensions, CRLF (RFC 9112, 7.1).
struct ChunkLine {
    /// The bytes of the chunk; 0 for the last one.
    let size: Int
    /// The bytes of the line with its CRLF.
    let length: Int

    /// Reads the line that a buffer begins with, of at most `limit` bytes without its CRLF; nil while it is incomplete.
    ///
    /// Extensions are checked and dropped. What readers have been known to understand differently is refused: white space
    /// around extensions, a CR or LF on its own, sizes of more than sixteen digits.
    static func parse(_ buffer: ByteBuffer, limit: Int) throws(HTTP1Error) -> ChunkLine? {
        let bytes = buffer.readableBytesUInt8Span
        var size: UInt64 = 0
        var index = 0
        while index < bytes.count, let digit = Characters.hexadecimal(bytes[index]) {
            guard index < 16, index < limit else { throw .badChunk }
            size = size << 4 | UInt64(digit)
            index += 1
        }
        guard index < bytes.count else { return nil }
        guard index > 0, let value = Int(exactly: size) else { throw .badChunk }
        var extensions = ChunkExtensions()
        while index < bytes.count, bytes[index] != UInt8(ascii: "\r") {
            guard index < limit, extensions.accepts(bytes[index]) else { throw .badChunk }
            index += 1
        }
        guard index < bytes.count else { return nil }
        guard extensions.mayEnd else { throw .badChunk }
        guard index + 1 < bytes.count else { return nil }
        guard bytes[index + 1] == UInt8(ascii: "\n") else { throw .badChunk }
        return ChunkLine(size: value, length: index + 2)
    }
}

/// The grammar of chunk extensions (RFC 9112, 7.1.1), byte by byte: `;name`, `;name=token`, `;name="text"`.
private struct ChunkExtensions {
    private enum State { case between, beforeName, name, beforeValue, token, quoted, escaped }

    private var state = State.between

    /// Whether a CR may stand here.
    var mayEnd: Bool {
        switch state {
        case .between, .name, .token: true
        case .beforeName, .beforeValue, .quoted, .escaped: false
        }
    }

    mutating func accepts(_ byte: UInt8) -> Bool {
        let next: State? =
            switch state {
            case .between: byte == UInt8(ascii: ";") ? .beforeName : nil
            case .beforeName: Characters.isToken(byte) ? .name : nil
            case .name: byte == UInt8(ascii: "=") ? .beforeValue : inside(byte, .name)
            case .beforeValue: byte == UInt8(ascii: "\"") ? .quoted : Characters.isToken(byte) ? .token : nil
            case .token: inside(byte, .token)
            case .quoted: quoted(byte)
            case .escaped: (0x20...0x7E).contains(byte) ? .quoted : nil
            }
        guard let next else { return false }
        state = next
        return true
    }

    private func inside(_ byte: UInt8, _ word: State) -> State? {
        if byte == UInt8(ascii: ";") { return .beforeName }
        return Characters.isToken(byte) ? word : nil
    }

    private func quoted(_ byte: UInt8) -> State? {
        switch byte {
        case UInt8(ascii: "\""): .between
        case UInt8(ascii: "\\"): .escaped
        case 0x20...0x7E: .quoted
        default: nil
        }
    }
}
