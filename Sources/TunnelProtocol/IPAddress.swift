package import NIOCore

/// An IP address without a zone; IPv4 in its mapped form is IPv4 (RFC 4291, 2.5.5.2).
package struct IPAddress: Hashable, Sendable {
    package enum Family: Hashable, Sendable { case v4, v6 }

    package let family: Family
    /// Two halves: what holds a number of 128 bits has to be aligned to it, and memory for that is dear.
    private let high: UInt64
    private let low: UInt64

    /// The address as a number: 32 bits of it for IPv4.
    package var bits: UInt128 { UInt128(high) << 64 | UInt128(low) }

    package init(family: Family, bits: UInt128) {
        let isMapped = family == .v6 && bits >> 32 == 0xFFFF
        self.family = isMapped ? .v4 : family
        high = isMapped ? 0 : UInt64(truncatingIfNeeded: bits >> 64)
        low = UInt64(truncatingIfNeeded: isMapped ? bits & 0xFFFF_FFFF : bits)
    }

    /// How many bits an address of that family has.
    package static func width(of family: Family) -> Int {
        switch family {
        case .v4: 32
        case .v6: 128
        }
    }

    /// 127.0.0.0/8 or ::1.
    package var isLoopback: Bool {
        switch family {
        case .v4: bits >> 24 == 127
        case .v6: bits == 1
        }
    }

    /// The address with every bit behind the first `length` cleared.
    package func network(_ length: Int) -> UInt128 {
        let host = Self.width(of: family) - length
        return host >= 128 ? 0 : (bits >> UInt128(host)) << UInt128(host)
    }
}

// MARK: Text

extension IPAddress: CustomStringConvertible {
    /// Reads `192.0.2.1` or `2001:db8::1`, strictly: no zone, no brackets, no leading zeros in IPv4.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8.prefix(Self.longestText + 1))
        guard bytes.count <= Self.longestText else { return nil }
        if bytes.contains(UInt8(ascii: ":")) {
            guard let bits = Self.v6(bytes[...]) else { return nil }
            self.init(family: .v6, bits: bits)
        } else {
            guard let bits = Self.v4(bytes[...]) else { return nil }
            self.init(family: .v4, bits: UInt128(bits))
        }
    }

    /// The address of a socket; nil for one in the file system.
    package init?(_ address: SocketAddress?) {
        guard let text = address?.ipAddress else { return nil }
        // A link-local peer comes with its zone, which says nothing beyond this machine.
        self.init(text.prefix { $0 != "%" })
    }

    /// Eight groups, the last two of them as IPv4.
    private static let longestText = 45

    private static func v4(_ text: ArraySlice<UInt8>) -> UInt32? {
        let parts = text.split(separator: UInt8(ascii: "."), maxSplits: 4, omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bits: UInt32 = 0
        for part in parts {
            // A leading zero is octal to some readers.
            guard (1...3).contains(part.count), part.count == 1 || part.first != UInt8(ascii: "0") else { return nil }
            var value: UInt32 = 0
            for byte in part {
                guard (0x30...0x39).contains(byte) else { return nil }
                value = value * 10 + UInt32(byte - 0x30)
            }
            guard value <= 255 else { return nil }
            bits = bits << 8 | value
        }
        return bits
    }

    private static func v6(_ text: ArraySlice<UInt8>) -> UInt128? {
        let colons = text.indices.dropLast().filter {
            text[$0] == UInt8(ascii: ":") && text[$0 + 1] == UInt8(ascii: ":")
        }
        guard let gap = colons.first else {
            guard let groups = groups(text, endsText: true), groups.count == 8 else { return nil }
            return number(groups)
        }
        guard colons.count == 1, let head = groups(text[..<gap], endsText: false),
            let tail = groups(text[(gap + 2)...], endsText: true)
        else {
            return nil
        }
        // RFC 4291, 2.2: `::` stands for one group or more.
        guard head.count + tail.count <= 7 else { return nil }
        return number(head + [UInt16](repeating: 0, count: 8 - head.count - tail.count) + tail)
    }

    private static func number(_ groups: [UInt16]) -> UInt128 { groups.reduce(0) { $0 << 16 | UInt128($1) } }

    /// Groups of one to four hexadecimal digits, the last two of an address perhaps written as IPv4; none is fine.
    private static func groups(_ text: ArraySlice<UInt8>, endsText: Bool) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        let parts = text.split(separator: UInt8(ascii: ":"), maxSplits: 8, omittingEmptySubsequences: false)
        var groups: [UInt16] = []
        for (position, part) in parts.enumerated() {
            if endsText, position == parts.count - 1, part.contains(UInt8(ascii: ".")) {
                guard let tail = v4(part) else { return nil }
                groups += [UInt16(tail >> 16), UInt16(tail & 0xFFFF)]
            } else {
                guard (1...4).contains(part.count), let group = hexadecimal(part) else { return nil }
                groups.append(group)
            }
        }
        return groups.count <= 8 ? groups : nil
    }

    private static func hexadecimal(_ text: ArraySlice<UInt8>) -> UInt16? {
        var value: UInt16 = 0
        for byte in text {
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt16(byte - 0x30)
            case 0x41...0x46, 0x61...0x66: value = value << 4 | UInt16((byte | 0x20) - 0x61 + 10)
            default: return nil
            }
        }
        return value
    }

    /// The short form of RFC 5952.
    package var description: String {
        switch family {
        case .v4: return dotted
        case .v6: break
        }
        let groups = (0..<8).reversed().map { String(UInt16(truncatingIfNeeded: bits >> ($0 * 16)), radix: 16) }
        guard let gap = Self.longestGap(groups) else { return groups.joined(separator: ":") }
        return groups[..<gap.lowerBound].joined(separator: ":") + "::"
            + groups[gap.upperBound...].joined(separator: ":")
    }

    /// Four numbers; every request has the visitor's address in it, so no string is made of each number.
    private var dotted: String {
        var text: [UInt8] = []
        text.reserveCapacity(15)
        for index in 0..<4 {
            let shift = UInt32(24 - 8 * index)
            let part = UInt8(truncatingIfNeeded: UInt32(truncatingIfNeeded: bits) >> shift)
            if part >= 100 { text.append(UInt8(ascii: "0") + part / 100) }
            if part >= 10 { text.append(UInt8(ascii: "0") + part / 10 % 10) }
            text.append(UInt8(ascii: "0") + part % 10)
            if shift > 0 { text.append(UInt8(ascii: ".")) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The first of the longest runs of at least two zero groups.
    private static func longestGap(_ groups: [String]) -> Range<Int>? {
        var longest = 0..<0
        var start = 0
        for index in groups.indices {
            guard groups[index] == "0" else {
                start = index + 1
                continue
            }
            if index + 1 - start > longest.count { longest = start..<(index + 1) }
        }
        return longest.count >= 2 ? longest : nil
    }
}
