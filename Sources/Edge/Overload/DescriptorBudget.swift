/// Divides the descriptors of the process, so that visitors cannot take those that tunnels and operators need.
struct DescriptorBudget: Equatable {
    /// How many visitors may be connected at once.
    let visitors: Int
    /// How many more may be told at once that they may not: their descriptors come out of the reserve.
    let refusals: Int

    /// - Parameters:
    ///   - limit: What the process may have open; nil when nobody says.
    ///   - reserved: What is kept for all else; an eighth, at least 64, when nobody says. Never more than half.
    ///   - wanted: How many visitors there may be otherwise.
    ///   - refusals: How many may be told at once otherwise.
    init(limit: Int?, reserved: Int? = nil, wanted: Int, refusals: Int = 0) {
        guard let limit else {
            visitors = wanted
            self.refusals = refusals
            return
        }
        let reserve = min(reserved ?? max(64, limit / 8), limit / 2)
        visitors = min(wanted, limit - reserve)
        self.refusals = min(refusals, reserve / 4)
    }
}
