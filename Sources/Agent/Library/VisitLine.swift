import HTTPFields
import NIOCore

/// What a handler reaches its visitor by, from any thread.
struct VisitLine: Sendable {
    private let exchange: NIOLoopBound<ClosureExchange>
    private let eventLoop: any EventLoop

    init(_ exchange: NIOLoopBound<ClosureExchange>, _ eventLoop: any EventLoop) {
        self.exchange = exchange
        self.eventLoop = eventLoop
    }

    /// The next piece of the request's body; nil at its end.
    func next() async throws -> [UInt8]? {
        let piece = try await eventLoop.flatSubmit { [exchange] in exchange.value.next() }.get()
        return piece.map { Array($0.readableBytesView) }
    }

    /// The handler does not answer, or not to the end; does nothing when all has been said.
    func end(_ failure: ClosureFailure) {
        eventLoop.execute { [exchange] in exchange.value.end(failure) }
    }

    /// Sends the whole of a response, no faster than the visitor takes it.
    ///
    /// - Throws: ``ResponseProblem`` when it is none; `CancellationError` when the visitor has left; what the body throws.
    func send(_ response: VisitorResponse, toHead isHead: Bool) async throws {
        let head = try response.head()
        guard !isHead, response.mayHaveBody else { return try await send(.init(head: head, isLast: true)) }
        switch response.body.content {
        case .whole(let bytes): try await send(bytes, head)
        case .pieces(let length, let write):
            try await send(.init(head: head))
            var rest = length
            try await write { piece in
                if let left = rest {
                    guard piece.count <= left else { throw ResponseProblem.wrongLength }
                    rest = left - piece.count
                }
                try await send(pieces: piece[...])
            }
            guard rest ?? 0 == 0 else { throw ResponseProblem.wrongLength }
            try await send(.init(isLast: true))
        }
    }

    /// What fits into one piece is sent in one step.
    private func send(_ bytes: [UInt8], _ head: FieldSection) async throws {
        guard bytes.count > ClosureExchange.pieceSize else {
            let whole = bytes.isEmpty ? nil : ByteBuffer(bytes: bytes)
            return try await send(.init(head: head, bytes: whole, isLast: true))
        }
        try await send(.init(head: head))
        try await send(pieces: bytes[...])
        try await send(.init(isLast: true))
    }

    private func send(pieces bytes: ArraySlice<UInt8>) async throws {
        var rest = bytes
        while !rest.isEmpty {
            let piece = rest.prefix(ClosureExchange.pieceSize)
            rest = rest.dropFirst(piece.count)
            try await send(.init(bytes: ByteBuffer(bytes: piece)))
        }
    }

    private func send(_ part: ClosureExchange.Part) async throws {
        try await eventLoop.flatSubmit { [exchange] in exchange.value.send(part) }.get()
    }
}
