/// The exchanges of a log in order of arrival.
struct KeptExchanges {
    /// Used round and round; what was let go of leaves nil.
    private var ring: [ExchangeBox?] = []
    /// The exchange that stands, or stood, first in the ring.
    private var firstID = 1
    private var oldestID = 1
    private(set) var nextID = 1

    /// There is no gap: what goes is always the oldest.
    var ids: Range<Int> { oldestID..<nextID }

    var all: [ExchangeBox] { ids.compactMap { self[$0] } }

    subscript(id: Int) -> ExchangeBox? { ids.contains(id) ? ring[(id - firstID) % ring.count] : nil }

    /// Takes the next one, for which there must be room among those that `limit` allows.
    mutating func insert(_ box: ExchangeBox, limit: Int) {
        if ring.count < max(1, limit) {
            ring.append(box)
        } else {
            ring[(nextID - firstID) % ring.count] = box
        }
        nextID += 1
    }

    /// Lets the oldest one go.
    mutating func removeOldest() -> ExchangeBox? {
        guard let oldest = self[oldestID] else { return nil }
        ring[(oldestID - firstID) % ring.count] = nil
        oldestID += 1
        return oldest
    }

    /// Lets go of all.
    mutating func removeAll() -> [ExchangeBox] {
        let removed = all
        ring = []
        firstID = nextID
        oldestID = nextID
        return removed
    }
}
