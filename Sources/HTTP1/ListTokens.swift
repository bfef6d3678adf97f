import HTTPFields
package import NIOCore

/// The elements of a comma-separated list, empty ones included (RFC 9110, 5.6.1).
///
/// White space around an element is not part of it. Quoted strings are not understood: the lists read here have none.
package struct ListTokens: Sequence, IteratorProtocol {
    private let list: ByteBufferView
    /// Where the next element begins; nil behind the last one.
    private var start: Int?

    package init(_ list: ByteBufferView) {
        self.list = list
        start = list.startIndex
    }

    package mutating func next() -> ByteBufferView? {
        guard let start else { return nil }
        let end = list[start...].firstIndex(of: UInt8(ascii: ",")) ?? list.endIndex
        self.start = end < list.endIndex ? end + 1 : nil
        return trimmed(start..<end)
    }

    private func trimmed(_ range: Range<Int>) -> ByteBufferView {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, Characters.isBlank(list[start]) { start += 1 }
        while start < end, Characters.isBlank(list[end - 1]) { end -= 1 }
        return list[start..<end]
    }

    /// Whether the list has that element; `token` is in lower case, the list's case is ignored.
    package static func contains(_ list: ByteBufferView, _ token: String) -> Bool {
        ListTokens(list).contains { $0.equalsIgnoringCase(token) }
    }
}
