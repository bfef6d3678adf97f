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
        private let prefix: Substring

        init(_ address: SocketAddress?) {
            let text = address?.ipAddress ?? ""
            prefix = text.contains(":") ? Self.network(text) : text[...]
        }

        /// The first four of the eight groups of an IPv6 address, as far as its short form spells them out.
        private static func network(_ text: String) -> Substring {
            let spelled = text.firstRange(of: "::").map { text[..<$0.lowerBound] } ?? text[...]
            let groups = spelled.split(separator: ":")
            return groups.count <= 4 ? spelled : Substring(groups.prefix(4).joined(separator: ":"))
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
