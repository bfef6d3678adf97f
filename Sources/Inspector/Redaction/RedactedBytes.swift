/// Bytes with marks where secrets were, and what the marks stand for.
struct RedactedBytes: Equatable {
    /// One secret: what is shown in its place.
    struct Removal: Equatable {
        let shown: [UInt8]
        let original: [UInt8]
    }

    private(set) var shown: [UInt8] = []
    private(set) var removals: [Removal] = []
    private let source: [UInt8]
    private var position = 0

    init(_ source: [UInt8]) {
        self.source = source
        shown.reserveCapacity(source.count)
    }

    /// Replaces the range, which begins where the last one ended or later.
    mutating func remove(_ range: Range<Int>, showing mark: [UInt8] = Redaction.markBytes) {
        guard range.lowerBound >= position, range.upperBound <= source.count, !range.isEmpty else { return }
        shown += source[position..<range.lowerBound]
        shown += mark
        removals.append(Removal(shown: mark, original: Array(source[range])))
        position = range.upperBound
    }

    /// Takes over what follows the last removal.
    mutating func finish() {
        shown += source[position...]
        position = source.count
    }

    /// The secrets put back where a person left their marks; nil when marks were added, taken away or moved.
    func restored(_ edited: [UInt8]) -> [UInt8]? {
        if edited == shown { return source }
        let marks = edited.count(of: Redaction.markBytes)
        guard marks > 0 else { return edited }
        guard marks == removals.count, shown.count(of: Redaction.markBytes) == removals.count else { return nil }
        var restored: [UInt8] = []
        var rest = edited[...]
        for removal in removals {
            guard let range = rest.firstRange(of: removal.shown) else { return nil }
            restored += rest[..<range.lowerBound]
            restored += removal.original
            rest = rest[range.upperBound...]
        }
        return restored + rest
    }
}

extension Collection<UInt8> {
    /// How often those bytes stand in these, without overlap.
    func count(of part: [UInt8]) -> Int { ranges(of: part).count }
}
