import NIOCore

/// The status line (RFC 9112, 4); its reason phrase is checked and dropped.
struct StatusLine {
    let version: HTTP1Version
    let status: Int
    /// The bytes of the line with its CRLF.
    let length: Int

    /// Reads the first line of a complete section, whose last two bytes stop every loop.
    ///
    /// A line that ends right behind the code is taken, without the space that should stand there: origins that leave
    /// it out are common, and nothing can be hidden in it.
    static func parse(_ section: ByteBuffer) throws(HTTP1Error) -> StatusLine {
        let bytes = section.readableBytesUInt8Span
        let version = try HTTP1Version.parse(bytes, at: 0)
        let code = HTTP1Version.bytes + 1
        guard bytes[code - 1] == UInt8(ascii: " "), bytes.count >= code + 5 else { throw .badStartLine }
        var status = 0
        for index in code..<code + 3 {
            guard Characters.isDigit(bytes[index]) else { throw .badStartLine }
            status = status * 10 + Int(bytes[index] - UInt8(ascii: "0"))
        }
        var end = code + 3
        guard (100...599).contains(status), bytes[end] == UInt8(ascii: " ") || bytes[end] == UInt8(ascii: "\r") else {
            throw .badStartLine
        }
        while Characters.isFieldValue(bytes[end]) { end += 1 }
        guard bytes[end] == UInt8(ascii: "\r") else { throw .badStartLine }
        guard bytes[end + 1] == UInt8(ascii: "\n") else { throw .badLineEnd }
        return StatusLine(version: version, status: status, length: end + 2)
    }
}
