package import HTTPFields
package import NIOCore

/// One HTTP/2 stream of a session: what both ends have said on it so far.
///
/// ## Concurrency
/// Belongs to the event loop of its connection; not `Sendable`. It keeps its delegate until the stream is closed and
/// lets go of it then.
package final class HTTP2Stream {
    /// The identifier of RFC 9113, 5.1.1.
    package internal(set) var id: Int32
    /// Who is told what happens on the stream; let go of when it closes.
    package var delegate: (any HTTP2StreamDelegate)?
    /// Looks on; let go of when the stream closes.
    package var tap: (any HTTP2StreamTap)?
    /// Changes the head of the final response before it is sent; let go of when the stream closes.
    package var responseEdit: ((inout FieldSection) -> Void)?
    /// Whether the stream is over.
    package internal(set) var isClosed = false
    /// Whether the request or final response came with END_STREAM: neither body nor trailers follow it.
    package internal(set) var endedWithHead = false

    /// Whether the peer ended it by RST_STREAM.
    package internal(set) var wasResetByPeer = false
    /// Whether this end ended it because its reader held too much of it.
    package internal(set) var wasEvicted = false
    /// Whether the library has been given the end of our side: END_STREAM leaves with the last bytes or before any RST_STREAM.
    package internal(set) var hasSentEnd = false
    /// Whether it is known why it ends: a code that comes without that is the library's own complaint.
    var endIsExplained = false

    var outbound = OutboundQueue()
    /// The library asked for bytes when there were none, and must be told when there are.
    var isDeferred = false
    /// The source was told to stop and waits for `.writable`.
    var sourceIsWaiting = false
    var window: ReceiveWindow
    var hasFinalHead = false
    var informationalCount = 0
    /// Whether it waits in the handler's list of streams to flush after this read.
    var isDirty = false

    init(id: Int32, limits: HTTP2Limits) {
        self.id = id
        window = ReceiveWindow(initial: limits.initialStreamWindow, maximum: limits.maximumStreamWindow)
    }

    /// Bytes received on the stream that its reader has not taken yet.
    package var unreadBytes: Int { window.unread }

    /// Bytes that wait to be sent on the stream.
    package var queuedBytes: Int { outbound.byteCount }
}

/// Hears what happens on one stream; every call is made on the connection's event loop.
package protocol HTTP2StreamDelegate: AnyObject {
    /// A request, response, interim response or trailer section arrived.
    func stream(_ stream: HTTP2Stream, received fields: FieldSection, kind: HTTP2Event.HeadKind)
    /// A piece of the body arrived; give its size back with `HTTP2Handler.taken` once it has left this process.
    func stream(_ stream: HTTP2Stream, received data: ByteBuffer)
    /// The peer will send nothing more.
    func streamEnded(_ stream: HTTP2Stream)
    /// The send queue has room again after `HTTP2Handler.send` answered false.
    func streamWritable(_ stream: HTTP2Stream)
    /// The stream is over; what follows at most is about bytes that are kept.
    func stream(_ stream: HTTP2Stream, closed code: HTTP2ErrorCode)
    /// All that one read brought has been told: the moment to flush.
    func streamReadComplete(_ stream: HTTP2Stream)
    /// How many bytes of a stream that is over still wait here for a slower reader, to be given back with
    /// `HTTP2Handler.taken`.
    ///
    /// Asked when the stream or its connection has ended early: what is not kept counts no longer.
    func bytesKept(of stream: HTTP2Stream) -> Int
    /// The stream is over, and the reader held so much of it for so long that it must let go of it now.
    func streamEvicted(_ stream: HTTP2Stream)
}

// For the many that hold nothing beyond the end of a stream: the two go together.
extension HTTP2StreamDelegate {
    package func bytesKept(of stream: HTTP2Stream) -> Int { 0 }
    package func streamEvicted(_ stream: HTTP2Stream) {}
}

/// Hears what happens on the connection as a whole; every call is made on its event loop.
package protocol HTTP2ConnectionDelegate: AnyObject {
    /// The peer's SETTINGS arrived.
    func connection(_ handler: HTTP2Handler, received settings: HTTP2Event.PeerSettings)
    /// The peer opened a stream; the answer hears what follows on it, nil resets it.
    func connection(
        _ handler: HTTP2Handler,
        accepted stream: HTTP2Stream,
        request: FieldSection
    ) -> (any HTTP2StreamDelegate)?
    /// The peer takes no new streams.
    func connection(_ handler: HTTP2Handler, peerLeaving code: HTTP2ErrorCode, debug: ByteBuffer)
    /// A PING of ours came back after this time.
    func connection(_ handler: HTTP2Handler, measured roundTrip: TimeAmount)
    /// The connection is over; every stream has been closed before.
    func connection(_ handler: HTTP2Handler, ended reason: HTTP2Handler.End)
}
