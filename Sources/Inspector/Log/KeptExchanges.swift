/// The exchanges of a log in order of arrival.
struct KeptExchanges {
    private var exchanges: [Int: KeptExchange] = [:]
    /// The cost of each at the time of its last change.
    private var costs: [Int: Int] = [:]
    private(set) var bytes = 0
    private var oldestID = 1
    private(set) var nextID = 1

    /// There is no gap: what goes is always the oldest.
    var ids: Range<Int> { oldestID..<nextID }

    var all: [KeptExchange] { ids.compactMap { exchanges[$0] } }

    subscript(id: Int) -> KeptExchange? { exchanges[id] }

    mutating func insert(_ exchange: KeptExchange, _ limits: ExchangeLimits) {
        exchanges[nextID] = exchange
        costs[nextID] = exchange.cost
        bytes += exchange.cost
        nextID += 1
        makeRoom(limits)
    }

    /// Changes the exchange in place; false when it is gone.
    mutating func update(_ id: Int, _ limits: ExchangeLimits, _ change: (inout KeptExchange) -> Void) -> Bool {
        guard let index = exchanges.index(forKey: id) else { return false }
        change(&exchanges.values[index])
        let cost = exchanges.values[index].cost
        bytes += cost - (costs.updateValue(cost, forKey: id) ?? 0)
        makeRoom(limits)
        return exchanges[id] != nil
    }

    mutating func removeAll() {
        exchanges = [:]
        costs = [:]
        bytes = 0
        oldestID = nextID
    }

    private mutating func makeRoom(_ limits: ExchangeLimits) {
        while exchanges.count > limits.exchanges || (bytes > limits.totalBytes && !exchanges.isEmpty) {
            exchanges.removeValue(forKey: oldestID)
            bytes -= costs.removeValue(forKey: oldestID) ?? 0
            oldestID += 1
        }
    }
}
