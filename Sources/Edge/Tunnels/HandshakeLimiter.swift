import NIOCore

/// Bounds the handshakes under way, in total and per address, before anyone is known.
///
/// IPv6 addresses count by their /64, which is what one customer has.
struct HandshakeLimiter {
    let perAddress: Int
    let total: Int
    private var inFlight: [Key: Int] = [:]
    private var count = 0

    /// The part of an address that is counted as one.
    struct Key: Hashable {
        private let prefix: [UInt8]

        init(_ address: SocketAddress?) {
            switch address {
            case .v4(let v4): prefix = Self.bytes(v4.address.sin_addr, 4)
            case .v6(let v6): prefix = Self.bytes(v6.address.sin6_addr, 8)
            case .unixDomainSocket, nil: prefix = []
            }
        }

        private static func bytes<Address>(_ address: Address, _ count: Int) -> [UInt8] {
            withUnsafeBytes(of: address) { Array($0.prefix(count)) }
        }
    }

    init(perAddress: Int, total: Int) {
        self.perAddress = perAddress
        self.total = total
    }

    mutating func begin(_ key: Key) -> Bool {
        guard count < total, inFlight[key, default: 0] < perAddress else { return false }
        inFlight[key, default: 0] += 1
        count += 1
        return true
    }

    mutating func end(_ key: Key) {
        guard let present = inFlight[key] else { return }
        inFlight[key] = present > 1 ? present - 1 : nil
        count -= 1
    }
}
