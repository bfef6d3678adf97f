/// Finds the parts of a multipart body whose name says that they are secret (RFC 7578).
enum MultipartScan {
    private static let lineEnd: [UInt8] = [0x0D, 0x0A]
    /// A boundary has at most 70 characters (RFC 2046, 5.1.1), and two hyphens before them.
    private static let lineLimit = 72
    private static let nameMark = Array("name=".utf8)

    static func redact(_ redacted: inout RedactedBytes, _ bytes: [UInt8]) {
        guard let first = firstBoundary(bytes) else { return }
        let boundary = lineEnd + bytes[first...].prefix(lineLimit).prefix { $0 != 0x0D }
        var position = first + boundary.count - lineEnd.count
        while position < bytes.count {
            let end = bytes[position...].firstRange(of: boundary)?.lowerBound ?? bytes.count
            if let content = secret(in: bytes[position..<end]) { redacted.remove(content) }
            position = end + boundary.count
        }
    }

    /// The first line that begins as boundaries do; a preamble may stand before it.
    private static func firstBoundary(_ bytes: [UInt8]) -> Int? {
        let dashes = Array("--".utf8)
        if bytes.starts(with: dashes) { return 0 }
        return bytes.firstRange(of: lineEnd + dashes).map { $0.lowerBound + lineEnd.count }
    }

    /// The content of the part, when a name or file name in its head is one of a secret.
    private static func secret(in part: ArraySlice<UInt8>) -> Range<Int>? {
        guard let blank = part.firstRange(of: lineEnd + lineEnd) else { return nil }
        var head = part[..<blank.lowerBound]
        while let mark = head.firstRange(of: nameMark) {
            head = head[mark.upperBound...]
            let name = head.prefix { $0 != UInt8(ascii: ";") && $0 != 0x0D }
            if SecretName.matches(name) { return blank.upperBound..<part.endIndex }
        }
        return nil
    }
}
