package import NIOCore

extension SocketAddress {
    /// The bytes of the address in network order, 4 or 16 of them; nil for a Unix socket.
    package var packedAddress: [UInt8]? {
        guard let text = ipAddress else { return nil }
        switch self {
        case .v4: return Self.quad(text[...])
        case .v6: return Self.packed(text[...])
        case .unixDomainSocket: return nil
        }
    }

    /// The same peer, without the clothes that an IPv6 socket puts on an IPv4 one.
    package var withoutMapping: SocketAddress {
        guard case .v6 = self, let packed = packedAddress, Array(packed.prefix(12)) == Self.mappedPrefix else {
            return self
        }
        let bytes = ByteBuffer(bytes: packed.suffix(4))
        do { return try SocketAddress(packedIPAddress: bytes, port: port ?? 0) } catch { return self }
    }

    private static let mappedPrefix: [UInt8] = Array(repeating: 0, count: 10) + [0xFF, 0xFF]

    /// The text comes from the system, so it is well formed: groups, at most one gap, perhaps a dotted end.
    private static func packed(_ text: Substring) -> [UInt8]? {
        let gap = text.firstRange(of: "::")
        let head = groups(text[..<(gap?.lowerBound ?? text.endIndex)])
        let tail = gap.map { groups(text[$0.upperBound...]) } ?? []
        guard head.count + tail.count <= 16 else { return nil }
        let packed = head + Array(repeating: 0, count: 16 - head.count - tail.count) + tail
        return gap == nil && head.count != 16 ? nil : packed
    }

    private static func groups(_ text: Substring) -> [UInt8] {
        text.prefix { $0 != "%" }.split(separator: ":").flatMap { group -> [UInt8] in
            if group.contains(".") { return quad(group) ?? [] }
            let value = UInt16(group, radix: 16) ?? 0
            return [UInt8(value >> 8), UInt8(truncatingIfNeeded: value)]
        }
    }

    private static func quad(_ text: Substring) -> [UInt8]? {
        let bytes = text.split(separator: ".").compactMap { UInt8($0) }
        return bytes.count == 4 ? bytes : nil
    }
}
