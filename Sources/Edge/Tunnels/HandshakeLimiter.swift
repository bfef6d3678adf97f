import NIOCore

/// Bounds the handshakes under way, in total and per address, before anyone is known.
///
/// IPv6 addresses count by their /64, which is what one customer has.
struct HandshakeLimiter {
    private(set) var perAddress: Int
    private(set) var total: Int
    private var inFlight: [Key: Int] = [:]
    private var count = 0

    /// The part of an address that is counted as one.
    struct Key: Hashable {
        private let text: String

        init(_ address: SocketAddress?) {
            let host = address?.host ?? ""
            text = host.contains(":") ? Self.network(host) : host
        }

        /// The first four of the eight groups of an IPv6 address, the zeros that its short form leaves out included.
        private static func network(_ host: String) -> String {
            let gap = host.firstRange(of: "::")
            let head = host[..<(gap?.lowerBound ?? host.endIndex)].split(separator: ":")
            let tail = gap.map { host[$0.upperBound...].split(separator: ":") } ?? []
            let zeros = [Substring](repeating: "0", count: max(0, 8 - head.count - tail.count))
            return (head + zeros + tail).prefix(4).joined(separator: ":")
        }
    }

    init(perAddress: Int, total: Int) {
        self.perAddress = perAddress
        self.total = total
    }

    /// Takes other bounds; handshakes under way go on.
    mutating func adopt(perAddress: Int, total: Int) {
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
