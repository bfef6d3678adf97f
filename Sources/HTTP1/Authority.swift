import HTTPFields
import NIOCore

/// The host and port of a request (RFC 9110, 7.2), stricter than RFC 3986: a DNS name, an IPv4 or a bracketed IPv6
/// address, perhaps a port.
///
/// Percent-encoding and the sub-delimiters that a registered name may have are refused: no host served here has them.
enum Authority {
    /// A name of 253 bytes, a colon and a port of five digits, with a trailing dot.
    private static let longest = 260

    static func isValid(_ authority: ByteBufferView, needsPort: Bool = false) -> Bool {
        guard (1...longest).contains(authority.count) else { return false }
        let text = ByteBuffer(authority)
        let bytes = text.readableBytesUInt8Span
        var end = 0
        if bytes[0] == UInt8(ascii: "[") {
            guard let bracket = authority.firstIndex(of: UInt8(ascii: "]")) else { return false }
            guard IPv6Text.isValid(authority[(authority.startIndex + 1)..<bracket]) else { return false }
            end = bracket + 1 - authority.startIndex
        } else {
            while end < bytes.count, isOfName(bytes[end]) { end += 1 }
            guard end > 0 else { return false }
        }
        return end == bytes.count ? !needsPort : isPort(bytes, from: end)
    }

    /// Whether what begins at `start` is a colon and a port.
    private static func isPort(_ bytes: Span<UInt8>, from start: Int) -> Bool {
        guard bytes[start] == UInt8(ascii: ":"), (1...5).contains(bytes.count - start - 1) else { return false }
        var port = 0
        for index in (start + 1)..<bytes.count {
            guard Characters.isDigit(bytes[index]) else { return false }
            port = port * 10 + Int(bytes[index] - UInt8(ascii: "0"))
        }
        return (1...65_535).contains(port)
    }

    // One bit for each ASCII character, as in ``Characters``: digits, `-` and `.` below, letters and `_` above.
    private static let lowNames: UInt64 = 0x03FF_6000_0000_0000
    private static let highNames: UInt64 = 0x07FF_FFFE_87FF_FFFE

    private static func isOfName(_ byte: UInt8) -> Bool {
        guard byte < 0x80 else { return false }
        let bits = byte < 0x40 ? lowNames : highNames
        return (bits >> UInt64(byte & 0x3F)) & 1 == 1
    }
}

/// The text of an IPv6 address (RFC 3986, 3.2.2), without a zone and without IPv4 at its end.
private enum IPv6Text {
    static func isValid(_ text: ByteBufferView) -> Bool {
        let groups = text.split(separator: UInt8(ascii: ":"), maxSplits: 9, omittingEmptySubsequences: false)
        guard (3...9).contains(groups.count) else { return false }
        guard groups.allSatisfy({ $0.count <= 4 && $0.allSatisfy { Characters.hexadecimal($0) != nil } }) else {
            return false
        }
        // `::` leaves one empty group, two at an edge of the text, three when it is all there is.
        let isLeading = groups[0].isEmpty
        let isTrailing = groups[groups.count - 1].isEmpty
        if isLeading, !groups[1].isEmpty { return false }
        if isTrailing, !groups[groups.count - 2].isEmpty { return false }
        let inner = groups.dropFirst().dropLast().count { $0.isEmpty }
        let given = groups.count { !$0.isEmpty }
        switch inner {
        case 0: return given == 8
        case 1: return given <= 7
        default: return false
        }
    }
}
