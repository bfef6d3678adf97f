/// The identifiers that a client has skipped when it opened a stream: they are closed for good (RFC 9113, 5.1.1).
///
/// The library takes a frame on such an identifier for a late one on a stream that was open once, and ignores it. Good
/// clients skip none, so only the latest gaps are kept.
struct SkippedStreams {
    private var last: Int32 = -1
    private var gaps: [ClosedRange<Int32>] = []

    static let remembered = 32

    /// Whether a HEADERS frame may come on the identifier.
    mutating func admit(_ id: Int32) -> Bool {
        guard id > last else { return !gaps.contains { $0.contains(id) } }
        if id > last + 2 {
            if gaps.count == Self.remembered { gaps.removeFirst() }
            gaps.append((last + 1)...(id - 1))
        }
        last = id
        return true
    }
}
