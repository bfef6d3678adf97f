/// Divides the descriptors of the process, so that visitors cannot take those that tunnels and operators need.
struct DescriptorBudget: Equatable {
    /// How many visitors may be connected at once.
    let visitors: Int

    /// - Parameters:
    ///   - limit: What the process may have open; nil when nobody says.
    ///   - reserved: What is kept for all else; an eighth, at least 64, when nobody says. Never more than half.
    ///   - wanted: How many visitors there may be otherwise.
    init(limit: Int?, reserved: Int? = nil, wanted: Int) {
        guard let limit else {
            visitors = wanted
            return
        }
        visitors = min(wanted, limit - min(reserved ?? max(64, limit / 8), limit / 2))
    }
}
