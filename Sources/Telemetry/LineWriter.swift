/// Writes whole lines to a descriptor, and keeps count of those that arrived.
package struct LineWriter: Sendable {
    let descriptor: Int32
    /// A line was cut by a full disk or pipe: the next one must not be appended to it.
    private var endsInsideLine = false

    private static let lineFeed = UInt8(ascii: "\n")

    /// Writes to a descriptor that stays its owner's to close.
    package init(descriptor: Int32) { self.descriptor = descriptor }

    /// Writes lines, each with its line feed, and says how many of them arrived whole.
    ///
    /// It waits where the descriptor does. After an error the rest is dropped, the line that was cut included.
    package mutating func append(_ lines: [UInt8]) -> Int {
        let ended = endsInsideLine ? 1 : 0
        let bytes = endsInsideLine ? [Self.lineFeed] + lines : lines
        let written = bytes[..<StandardStream.write(bytes, to: descriptor)]
        guard let last = written.last else { return 0 }
        endsInsideLine = last != Self.lineFeed
        return written.count { $0 == Self.lineFeed } - ended
    }
}
