import FoundationEssentials

/// Says in time that a certificate or a revocation list has to be replaced, once a day and not at every look.
///
/// A value without a clock.
struct ExpiryWatch {
    /// What somebody has to do something about.
    enum Concern: Equatable {
        case certificateEnds(Date)
        case certificateEnded(Date)
        case revocationsStale(since: Date)
    }

    /// A certificate of thirty days is renewed after twenty; whoever hears of it a week before the end can still act.
    private static let notice: TimeInterval = 7 * 24 * 3600
    private static let day: TimeInterval = 24 * 3600

    /// When each kind of concern was last worth a word.
    private var spoken: [Concern.Kind: Date] = [:]

    /// What there is to say now.
    ///
    /// - Parameters:
    ///   - certificateEnds: When the edge's own certificate ends.
    ///   - listsEnd: When each revocation list should have been replaced.
    ///   - now: The present time.
    /// - Returns: Nothing of a kind within a day of the last time that there was something of it.
    mutating func concerns(certificateEnds: Date, listsEnd: [Date], at now: Date) -> [Concern] {
        var concerns: [Concern] = []
        if certificateEnds <= now {
            concerns.append(.certificateEnded(certificateEnds))
        } else if certificateEnds.timeIntervalSince(now) < Self.notice {
            concerns.append(.certificateEnds(certificateEnds))
        }
        if let end = listsEnd.min(), end <= now { concerns.append(.revocationsStale(since: end)) }
        let fresh = concerns.filter { concern in
            guard let last = spoken[concern.kind], now >= last else { return true }
            return now.timeIntervalSince(last) >= Self.day
        }
        for concern in fresh { spoken[concern.kind] = now }
        return fresh
    }

    /// Something has been replaced: what is wrong now is news.
    mutating func renewed() { spoken = [:] }
}

extension ExpiryWatch.Concern {
    /// Concerns of one kind need one word a day.
    enum Kind { case ends, ended, stale }

    var kind: Kind {
        switch self {
        case .certificateEnds: .ends
        case .certificateEnded: .ended
        case .revocationsStale: .stale
        }
    }

    /// What the log says: the sentence, and the date behind it.
    var words: (sentence: String, date: Date) {
        switch self {
        case .certificateEnds(let date): ("the edge's certificate ends soon: agents refuse it from then on", date)
        case .certificateEnded(let date): ("the edge's certificate has ended: every agent refuses it", date)
        case .revocationsStale(let date): ("the list of revoked devices is out of date: hand out a new one", date)
        }
    }
}
