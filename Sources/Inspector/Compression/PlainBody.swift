/// A body with its compression undone, so that the secrets in it can be taken out.
struct PlainBody: Equatable {
    /// The longest one that is shown.
    static let limit = 1 << 20

    let bytes: [UInt8]
    /// Whether the rest is missing, or cannot be read.
    let isCut: Bool

    /// Nil for a compression that is not known here, or is none.
    ///
    /// - Parameters:
    ///   - body: The beginning of what passed.
    ///   - coding: The value of Content-Encoding, in small letters.
    init?(_ body: [UInt8], coding: String) {
        guard let start = Self.start(of: body, coding) else { return nil }
        var inflate = Inflate(body, from: start, limit: Self.limit)
        isCut = inflate.run() != .whole
        bytes = inflate.output
        if bytes.isEmpty, isCut { return nil }
    }

    private static func start(of body: [UInt8], _ coding: String) -> Int? {
        switch coding {
        case "gzip", "x-gzip": afterGzipHeader(body)
        case "deflate": hasZlibHeader(body) ? 2 : 0
        default: nil
        }
    }

    /// RFC 1952, 2.3.
    private static func afterGzipHeader(_ body: [UInt8]) -> Int? {
        guard body.count >= 10, body.starts(with: [0x1F, 0x8B, 0x08]) else { return nil }
        let flags = body[3]
        var position = 10
        if flags & 0x04 != 0 {
            guard body.count >= position + 2 else { return nil }
            position += 2 + Int(body[position]) + Int(body[position + 1]) << 8
        }
        for flag in [0x08, 0x10] as [UInt8] where flags & flag != 0 {
            guard position < body.count, let end = body[position...].firstIndex(of: 0) else { return nil }
            position = end + 1
        }
        return position + (flags & 0x02 != 0 ? 2 : 0)
    }

    /// RFC 1950, 2.2; some send what has no header, and mean it to be the same.
    private static func hasZlibHeader(_ body: [UInt8]) -> Bool {
        body.count >= 2 && body[0] & 0x0F == 8 && (Int(body[0]) << 8 | Int(body[1])) % 31 == 0
    }
}
