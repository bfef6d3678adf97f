import HTTP2
import HTTPFields
import NIOCore

/// One direction of an exchange that is HTTP/2 on both sides: what is still to pass, and how it ends.
///
/// The source gets credit for what the sink's queue has taken and for nothing more; what arrives while the queue is
/// full waits here, bounded by the source's window.
struct RelayedBody {
    /// One side of the exchange.
    struct Side {
        let stream: HTTP2Stream
        let handler: HTTP2Handler
    }

    private let isEmpty: Bool
    private var waiting = StalledBody()
    private var sinkIsFull = false
    private(set) var sourceHasEnded = false
    /// Whether the sink has been told everything, the end included.
    private(set) var isComplete = false
    /// Bytes that the sink has got.
    private(set) var passedBytes = 0
    var trailers: FieldSection?

    /// - Parameter isEmpty: Whether the message ended with its head.
    init(isEmpty: Bool) {
        self.isEmpty = isEmpty
        sourceHasEnded = isEmpty
        isComplete = isEmpty
    }

    /// Begins again with another sink; the one before must have got no byte.
    mutating func startOver() {
        sinkIsFull = false
        isComplete = isEmpty
    }

    /// Takes a piece of the body; without a sink it waits.
    mutating func received(_ data: ByteBuffer, from source: Side, to sink: Side?) {
        guard let sink, !sinkIsFull, waiting.isEmpty else {
            waiting.keep(data)
            return source.handler.readerStalled(on: source.stream)
        }
        pass(data, from: source, to: sink)
    }

    /// Bytes that wait for the sink.
    var waitingBytes: Int { waiting.byteCount }

    /// The source has said all it will.
    mutating func ended(to sink: Side?) {
        sourceHasEnded = true
        if let sink { endWhenPassed(to: sink) }
    }

    /// The sink takes bytes, for the first time or again.
    mutating func resume(from source: Side, to sink: Side) {
        sinkIsFull = false
        while !sinkIsFull, let data = waiting.take() { pass(data, from: source, to: sink) }
        endWhenPassed(to: sink)
    }

    /// Nobody wants the rest.
    mutating func drop(from source: Side) {
        source.handler.taken(waiting.drop(), on: source.stream)
    }

    private mutating func pass(_ data: ByteBuffer, from source: Side, to sink: Side) {
        passedBytes += data.readableBytes
        sinkIsFull = !sink.handler.send(data, on: sink.stream)
        source.handler.taken(data.readableBytes, on: source.stream)
    }

    private mutating func endWhenPassed(to sink: Side) {
        guard sourceHasEnded, waiting.isEmpty, !isComplete else { return }
        isComplete = true
        sink.handler.finish(sink.stream, trailers: trailers)
    }
}
