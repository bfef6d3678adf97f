/// The part of a site that a binding is for: `/api` is `/api` and all that lies below it, but not `/apix`.
///
/// Compared byte by byte with what the visitor sent: case counts, `%41` is not `A`, and neither `//` nor `..` is resolved,
/// since the path also reaches the origin as it is.
package struct PathPrefix: Hashable, Sendable, CustomStringConvertible {
    /// Begins with a slash and, but for the root, does not end with one.
    package let text: String

    /// Everything.
    package static let root = PathPrefix(text: "/")
    /// Bounds the work that one request's path can cause.
    package static let segmentLimit = 32
    package static let byteLimit = 1024

    private init(text: String) { self.text = text }

    /// Reads a prefix; a slash at its end makes no difference.
    ///
    /// `;` is left out of what RFC 3986 allows because it would end the Path of a cookie. Segments that are empty, `.` or
    /// `..` are refused: browsers resolve them, so that such a prefix would never be asked for.
    package init?(_ written: some StringProtocol) {
        guard written.hasPrefix("/"), written.utf8.count <= Self.byteLimit, written.utf8.allSatisfy(Self.isAllowed)
        else { return nil }
        let trimmed = written.utf8.count > 1 && written.hasSuffix("/") ? String(written.dropLast()) : String(written)
        text = trimmed
        guard written != "/" else { return }
        let segments = self.segments
        guard (1...Self.segmentLimit).contains(segments.count) else { return nil }
        guard !segments.contains(where: { $0.isEmpty || Self.isDots($0) }) else { return nil }
    }

    package var description: String { text }

    /// What stands between the slashes; nothing for the root.
    var segments: [[UInt8]] {
        guard text != "/" else { return [] }
        let slash = UInt8(ascii: "/")
        return text.utf8.dropFirst().split(separator: slash, omittingEmptySubsequences: false).map(Array.init)
    }

    private static func isDots(_ segment: [UInt8]) -> Bool {
        segment == [UInt8(ascii: ".")] || segment == [UInt8(ascii: "."), UInt8(ascii: ".")]
    }

    /// RFC 3986, 3.3: `pchar`, `%` and `/`, without `;`.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: punctuation.contains(byte)
        }
    }

    private static let punctuation = Set("-._~!$&'()*+,=:@%/".utf8)
}
