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

    private var spoken: Date?

    /// What there is to say now.
    ///
    /// - Parameters:
    ///   - certificateEnds: When the edge's own certificate ends.
    ///   - listsEnd: When each revocation list should have been replaced.
    ///   - now: The present time.
    /// - Returns: Nothing within a day of the last time that there was something.
    mutating func concerns(certificateEnds: Date, listsEnd: [Date], at now: Date) -> [Concern] {
        if let spoken, now.timeIntervalSince(spoken) < Self.day, now >= spoken { return [] }
        var concerns: [Concern] = []
        if certificateEnds <= now {
            concerns.append(.certificateEnded(certificateEnds))
        } else if certificateEnds.timeIntervalSince(now) < Self.notice {
            concerns.append(.certificateEnds(certificateEnds))
        }
        if let end = listsEnd.min(), end <= now { concerns.append(.revocationsStale(since: end)) }
        if !concerns.isEmpty { spoken = now }
        return concerns
    }

    /// Something has been replaced: what is wrong now is news.
    mutating func renewed() { spoken = nil }
}

extension ExpiryWatch.Concern {
    /// What the log says: the sentence, and the date behind it.
    var words: (sentence: String, date: Date) {
        switch self {
        case .certificateEnds(let date): ("the edge's certificate ends soon: agents refuse it from then on", date)
        case .certificateEnded(let date): ("the edge's certificate has ended: every agent refuses it", date)
        case .revocationsStale(let date): ("the list of revoked devices is out of date: hand out a new one", date)
        }
    }
}
