import NIOCore
import ProxyProtocol
import TunnelProtocol

/// Which addresses an agent connects to on behalf of visitors.
///
/// It is asked twice: about what was written, and about every address that is about to be dialled, whatever a name stood
/// for when it was written. Nothing is taken but what is listed here.
package enum OriginReach: Sendable, Equatable {
    /// 127.0.0.0/8 and ::1.
    case loopback
    /// Also RFC 1918 and the unique local addresses of RFC 4193.
    case privateNetworks

    /// What is thought of an address.
    enum Verdict: Equatable { case mayBeServed, isElsewhere, isNeverServed }

    func verdict(on address: SocketAddress) -> Verdict {
        let address = address.withoutMapping
        guard let bytes = address.packedAddress else { return .isNeverServed }
        let standing = bytes.count == 4 ? AddressStanding(v4: bytes) : AddressStanding(v6: bytes)
        switch (standing, self) {
        case (.loopback, _), (.privateNetwork, .privateNetworks): return .mayBeServed
        case (.privateNetwork, .loopback), (.elsewhere, _): return .isElsewhere
        case (.never, _): return .isNeverServed
        }
    }

    // MARK: What was written

    /// Checks the host of a target, an IPv6 address in brackets.
    func check(written host: String) throws(OriginTargetError) {
        if host == "localhost" { return }
        guard let address = Self.literal(host) else { return try check(name: host) }
        switch verdict(on: address) {
        case .mayBeServed: return
        case .isNeverServed: throw .neverServed(host)
        case .isElsewhere: throw self == .loopback ? .notLoopback(host) : .publicAddress(host)
        }
    }

    private func check(name: String) throws(OriginTargetError) {
        // What ends in a number is an address to some resolver: 127.1, 0x7f.0.0.1, 2130706433.
        guard let parsed = HostName(name), parsed.text == name else { throw .badSpelling(name) }
        guard self == .privateNetworks else { throw .notLoopback(name) }
    }

    /// The address that a checked host is, without brackets; nil for a name.
    static func address(_ host: String, port: Int) -> SocketAddress? {
        do { return try SocketAddress(ipAddress: host, port: port) } catch { return nil }
    }

    /// Reads an address in the one spelling that every reader takes for the same.
    private static func literal(_ host: String) -> SocketAddress? {
        let isV6 = host.first == "[" && host.last == "]"
        let text = isV6 ? String(host.dropFirst().dropLast()) : host
        guard let address = address(text, port: 0) else { return nil }
        // The system's own spelling, so that zeros, zones and IPv4 in IPv6 clothes are left out.
        let isPlain = address.ipAddress == text && address.withoutMapping == address && isV6 == text.contains(":")
        return isPlain ? address : nil
    }
}

/// Where an address belongs.
private enum AddressStanding {
    case loopback, privateNetwork, elsewhere, never

    init(v4 bytes: [UInt8]) {
        switch (bytes[0], bytes[1]) {
        case (127, _): self = .loopback
        case (10, _), (172, 16...31), (192, 168): self = .privateNetwork
        // Alibaba Cloud's metadata service stands among the addresses of carriers' NAT.
        case (100, 100) where bytes[2...] == [100, 200]: self = .never
        // "This network", link-local with the metadata service of most clouds, multicast, reserved and broadcast.
        case (0, _), (169, 254), (224..., _): self = .never
        default: self = .elsewhere  // any other number
        }
    }

    init(v6 bytes: [UInt8]) {
        let isLow = bytes.dropLast().allSatisfy { $0 == 0 }
        switch (bytes[0], bytes[1]) {
        case (0, 0) where isLow && bytes[15] == 1: self = .loopback
        case (0, 0) where isLow: self = .never
        case (0xFC...0xFD, _): self = Self.metadata.contains(bytes) ? .never : .privateNetwork
        // fe80::/10 and multicast.
        case (0xFE, 0x80...0xBF), (0xFF, _): self = .never
        default: self = .elsewhere  // any other number
        }
    }

    /// fd00:ec2::254 of Amazon and fd20:ce::254 of Google, both within the unique local addresses.
    private static let metadata: [[UInt8]] = [
        [0xFD, 0x00, 0x0E, 0xC2] + Array(repeating: 0, count: 10) + [0x02, 0x54],
        [0xFD, 0x20, 0x00, 0xCE] + Array(repeating: 0, count: 10) + [0x02, 0x54],
    ]
}
