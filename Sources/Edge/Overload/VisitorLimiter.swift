import TunnelProtocol

/// Bounds the connections of visitors, in total and per address.
///
/// An IPv6 address counts by its /64, which is what one customer has.
struct VisitorLimiter {
    /// Why a connection is not taken; the raw value is a label in metrics.
    enum Refusal: String, Error, CaseIterable {
        case perAddress = "per_address"
        case total
    }

    /// The part of an address that is counted as one.
    struct Network: Hashable {
        private let family: IPAddress.Family
        private let bits: UInt128

        init(_ address: IPAddress) {
            family = address.family
            switch address.family {
            case .v4: bits = address.bits
            case .v6: bits = address.network(64)
            }
        }
    }

    private(set) var perAddress: Int
    private(set) var total: Int
    private(set) var count = 0
    private var byNetwork: [Network: Int] = [:]

    init(perAddress: Int, total: Int) {
        self.perAddress = perAddress
        self.total = total
    }

    /// Takes other bounds; whoever is inside stays.
    mutating func adopt(perAddress: Int, total: Int) {
        self.perAddress = perAddress
        self.total = total
    }

    /// Counts a connection; each that is taken is given back with ``leave()``.
    mutating func enter() throws(Refusal) {
        guard count < total else { throw .total }
        count += 1
    }

    mutating func leave() { count -= 1 }

    /// Counts a connection for its address as well; each that is taken is given back with ``leave(_:)``.
    mutating func enter(_ network: Network) throws(Refusal) {
        let present = byNetwork[network, default: 0]
        guard present < perAddress else { throw .perAddress }
        byNetwork[network] = present + 1
    }

    mutating func leave(_ network: Network) {
        guard let present = byNetwork[network] else { return }
        byNetwork[network] = present > 1 ? present - 1 : nil
    }

    /// Networks that are counted at the moment; never more than there are connections.
    var networks: Int { byNetwork.count }
}
