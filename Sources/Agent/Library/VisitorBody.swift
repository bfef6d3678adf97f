/// What a visitor sends after the head of a request, piece by piece as it comes.
///
/// The visitor is slowed down to the pace at which it is read: unread, at most the stream's window waits in memory,
/// 256 KiB at first. It can be read once, and by one reader at a time; what is not read is dropped when the handler has
/// answered.
public struct VisitorBody: AsyncSequence, Sendable {
    enum Source: Sendable {
        case whole([UInt8])
        case line(VisitLine)
    }

    private let source: Source

    init(_ source: Source) { self.source = source }

    /// Reads from where the last reader stopped.
    public func makeAsyncIterator() -> Iterator { Iterator(source) }

    /// Waits for the visitor's bytes.
    public struct Iterator: AsyncIteratorProtocol {
        private var source: Source

        init(_ source: Source) { self.source = source }

        /// The next piece, of 64 KiB at most and never empty; nil at the end.
        ///
        /// - Throws: `CancellationError` when the visitor has left or the handler has been cancelled, and
        ///   ``VisitorBodyError/readTwice`` while somebody else waits for a piece.
        public mutating func next() async throws -> [UInt8]? {
            switch source {
            case .whole(let bytes):
                source = .whole([])
                return bytes.isEmpty ? nil : bytes
            case .line(let line): return try await line.next()
            }
        }
    }

    /// Reads all that is left.
    ///
    /// - Parameter limit: The most that is taken, in bytes.
    /// - Returns: The bytes in one piece.
    /// - Throws: ``VisitorBodyError/tooLarge`` when there is more, which a handler may leave to the agent: it answers 413;
    ///   `CancellationError` when the visitor has left.
    public func collect(upTo limit: Int) async throws -> [UInt8] {
        var whole: [UInt8] = []
        for try await piece in self {
            guard piece.count <= limit - whole.count else { throw VisitorBodyError.tooLarge }
            whole += piece
        }
        return whole
    }
}

/// Why a visitor's body could not be read.
public enum VisitorBodyError: Error, Sendable {
    /// It is longer than was asked for.
    case tooLarge
    /// Two readers wait for the same body.
    case readTwice
}
