/// A host name in the one form in which names are compared: lower case, no trailing dot, no port.
///
/// RFC 1123, 2.1: labels of letters, digits and hyphens, up to 63 bytes each and 253 in all; names of other scripts come
/// as A-labels (`xn--`). IP addresses are not host names.
package struct HostName: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    /// Reads a name as visitors and people write it: any case, perhaps with a trailing dot or a port.
    package init?(_ written: some StringProtocol) {
        self.init(bytes: Array(written.utf8))
    }

    /// The same from bytes, such as those of a field.
    package init?(bytes written: [UInt8]) {
        var bytes = written
        Self.dropPort(&bytes)
        if bytes.last == UInt8(ascii: ".") { bytes.removeLast() }
        guard (1...253).contains(bytes.count), Self.fold(&bytes) else { return nil }
        var label = bytes[...]
        while let dot = label.firstIndex(of: UInt8(ascii: ".")) {
            guard Self.isLabel(label[..<dot]) else { return nil }
            label = label[(dot + 1)...]
        }
        guard Self.isLabel(label), !Self.looksNumeric(label) else { return nil }
        text = String(decoding: bytes, as: UTF8.self)
    }

    package var description: String { text }

    /// Whether there is no dot in it.
    package var isSingleLabel: Bool { !text.utf8.contains(UInt8(ascii: ".")) }

    /// Whether it lies below a domain; a domain does not lie below itself.
    package func isUnder(_ domain: HostName) -> Bool {
        text.utf8.count > domain.text.utf8.count + 1 && text.hasSuffix(".\(domain.text)")
    }

    /// Whether it is exactly one label below a domain.
    package func isDirectlyUnder(_ domain: HostName) -> Bool {
        isUnder(domain) && !text.dropLast(domain.text.count + 1).contains(".")
    }

    private static func dropPort(_ bytes: inout [UInt8]) {
        guard let colon = bytes.lastIndex(of: UInt8(ascii: ":")) else { return }
        var port = 0
        for digit in bytes[(colon + 1)...] {
            guard (0x30...0x39).contains(digit) else { return }
            port = port * 10 + Int(digit - 0x30)
            guard port <= UInt16.max else { return }
        }
        bytes.removeLast(bytes.count - colon)
    }

    /// Folds to lower case; false when a byte has no place in a name.
    private static func fold(_ bytes: inout [UInt8]) -> Bool {
        for index in bytes.indices {
            switch bytes[index] {
            case 0x41...0x5A: bytes[index] |= 0x20
            case 0x61...0x7A, 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "."): break
            default: return false
            }
        }
        return true
    }

    private static func isLabel(_ label: ArraySlice<UInt8>) -> Bool {
        let hyphen = UInt8(ascii: "-")
        return (1...63).contains(label.count) && label.first != hyphen && label.last != hyphen
    }

    /// WHATWG URL, 3.5: a host whose last label is a number is an IPv4 address or nothing.
    private static func looksNumeric(_ label: ArraySlice<UInt8>) -> Bool {
        label.allSatisfy { (0x30...0x39).contains($0) }
            || (label.starts(with: [0x30, 0x78]) && label.dropFirst(2).allSatisfy(isHexDigit))  // 0x…
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }
}

/// Names under the base domain that no device gets, because people take them for the operator's own.
package enum ReservedNames {
    package static let labels: Set<String> = [
        "admin", "api", "app-admin", "auth", "autoconfig", "autodiscover", "ca", "dashboard", "edge", "imap", "login",
        "mail", "mta-sts", "ns", "ns1", "ns2", "pop", "proxy", "root", "router", "server", "smtp", "sso", "status",
        "tunnel", "webmail", "wpad", "www",
    ]

    /// Whether the label next to the base domain is reserved.
    package static func contains(_ host: HostName, under baseDomain: HostName) -> Bool {
        guard host.isUnder(baseDomain) else { return false }
        let prefix = host.text.dropLast(baseDomain.text.count + 1)
        return labels.contains(String(prefix.split(separator: ".").last ?? prefix))
    }
}
