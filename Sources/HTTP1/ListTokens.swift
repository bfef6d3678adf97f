import HTTPFields
package import NIOCore

/// The elements of a comma-separated list (RFC 9110, 5.6.1).
package enum ListTokens {
    /// Whether an element fulfils a condition; white space around elements is not part of them.
    package static func contains(_ list: ByteBufferView, where condition: (ByteBufferView) -> Bool) -> Bool {
        var start = list.startIndex
        while true {
            let end = list[start...].firstIndex(of: UInt8(ascii: ",")) ?? list.endIndex
            if condition(trimmed(list[start..<end])) { return true }
            guard end < list.endIndex else { return false }
            start = list.index(after: end)
        }
    }

    /// Whether the list has that element, compared without case.
    package static func contains(_ list: ByteBufferView, _ token: StaticString) -> Bool {
        contains(list, where: { $0.equalsIgnoringCase(token) })
    }

    private static func trimmed(_ element: ByteBufferView) -> ByteBufferView {
        var start = element.startIndex
        var end = element.endIndex
        while start < end, Characters.isBlank(element[start]) { start = element.index(after: start) }
        while start < end, Characters.isBlank(element[element.index(before: end)]) { end = element.index(before: end) }
        return element[start..<end]
    }
}
