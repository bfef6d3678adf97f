import HTTPFields

/// The field section that is arriving.
struct HeadInProgress {
    /// Nil for a stream that is not known any more.
    var stream: HTTP2Stream?
    var fields = FieldSection.empty
    /// As RFC 9113, 6.5.2 counts it.
    var size = 0
    var count = 0

    mutating func begin(_ stream: HTTP2Stream?) {
        self.stream = stream
        fields = FieldSection()
        size = 0
        count = 0
    }

    /// Hands the section out and keeps nothing of it.
    mutating func takeFields() -> FieldSection {
        stream = nil
        var taken = FieldSection.empty
        swap(&taken, &fields)
        return taken
    }
}
