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
        let port: ByteBufferView
        if authority.first == UInt8(ascii: "[") {
            guard let end = authority.firstIndex(of: UInt8(ascii: "]")) else { return false }
            guard IPv6Text.isValid(authority[(authority.startIndex + 1)..<end]) else { return false }
            port = authority[(end + 1)...]
        } else {
            let colon = authority.firstIndex(of: UInt8(ascii: ":")) ?? authority.endIndex
            guard isName(authority[..<colon]) else { return false }
            port = authority[colon...]
        }
        return port.isEmpty ? !needsPort : isPort(port)
    }

    private static func isPort(_ text: ByteBufferView) -> Bool {
        let digits = text.dropFirst()
        guard text.first == UInt8(ascii: ":"), (1...5).contains(digits.count), digits.allSatisfy(Characters.isDigit)
        else { return false }
        return (1...65_535).contains(digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) })
    }

    private static func isName(_ name: ByteBufferView) -> Bool {
        !name.isEmpty
            && name.allSatisfy {
                Characters.isLetter($0) || Characters.isDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
                    || $0 == UInt8(ascii: "_")
            }
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
