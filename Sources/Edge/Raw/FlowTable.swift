import NIOCore
import ProxyProtocol

/// The flows of one UDP port, by the visitor's address, within their limits.
///
/// A pure value: the time comes with each call.
struct FlowTable<Flow> {
    /// The part of an address that counts as one source: an IPv4 /24 or an IPv6 /48.
    struct Network: Hashable {
        private let prefix: [UInt8]

        init(_ address: SocketAddress) {
            let packed = address.withoutMapping.packedAddress ?? []
            prefix = Array(packed.prefix(packed.count == 4 ? 3 : 6))
        }
    }

    private struct Entry {
        let flow: Flow
        let network: Network
        var heard: NIODeadline
    }

    private let limits: FlowLimits
    private var entries: [SocketAddress: Entry] = [:]
    private var perNetwork: [Network: Int] = [:]

    init(limits: FlowLimits) { self.limits = limits }

    var count: Int { entries.count }
    var flows: [Flow] { entries.values.map(\.flow) }

    subscript(_ address: SocketAddress) -> Flow? { entries[address]?.flow }

    /// The visitor has said something: its flow goes on.
    mutating func heard(from address: SocketAddress, at now: NIODeadline) { entries[address]?.heard = now }

    /// Whether there may be a flow for an address that has none.
    func mayAdd(_ address: SocketAddress) -> Bool {
        entries.count < limits.perBinding && perNetwork[Network(address), default: 0] < limits.perNetwork
    }

    mutating func add(_ flow: Flow, for address: SocketAddress, at now: NIODeadline) {
        remove(address)
        let network = Network(address)
        entries[address] = Entry(flow: flow, network: network, heard: now)
        perNetwork[network, default: 0] += 1
    }

    @discardableResult
    mutating func remove(_ address: SocketAddress) -> Flow? {
        guard let entry = entries.removeValue(forKey: address) else { return nil }
        let left = perNetwork[entry.network, default: 1] - 1
        perNetwork[entry.network] = left > 0 ? left : nil
        return entry.flow
    }

    /// Removes the flows whose visitors have said nothing for the idle time.
    mutating func expire(at now: NIODeadline) -> [Flow] {
        let silent = entries.filter { now - $0.value.heard >= limits.idle }.map(\.key)
        return silent.compactMap { remove($0) }
    }
}
