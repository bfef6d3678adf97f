/// Decides by the memory that the process has resident whether it may take on more.
///
/// Pure. Each mark is left only a sixteenth below where it was reached, so that the edge does not swing about it.
struct MemoryCeiling: Equatable {
    /// What the edge does about it.
    enum Level: Int, Comparable {
        case normal
        /// New requests are refused; those under way go on.
        case shedding
        /// Nobody new is let in at all.
        case closed

        static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    }

    /// Bytes; nil when the machine does not say how much there is.
    var limits: Limits?
    private(set) var level = Level.normal

    struct Limits: Equatable, Sendable {
        let soft: Int
        let hard: Int

        /// Both of them; the hard one is never below the soft one.
        init(soft: Int, hard: Int) {
            self.soft = soft
            self.hard = max(soft, hard)
        }

        /// Shares of what there is, in percent.
        init(of available: Int, softPercent: Int, hardPercent: Int) {
            self.init(soft: available / 100 * softPercent, hard: available / 100 * hardPercent)
        }
    }

    init(limits: Limits?) { self.limits = limits }

    /// Takes a measurement in, in bytes, and gives the level that follows from it.
    mutating func measured(_ resident: Int) -> Level {
        guard let limits else { return level }
        level =
            switch resident {
            case Self.mark(limits.hard, isLeft: level == .closed)...: .closed
            case Self.mark(limits.soft, isLeft: level != .normal)...: .shedding
            default: .normal
            }
        return level
    }

    private static func mark(_ limit: Int, isLeft: Bool) -> Int { isLeft ? limit - limit / 16 : limit }
}
