package import HTTPFields
package import NIOCore

/// What the bytes of a peer, or the sending of our own, brought about.
package enum HTTP2Event {
    /// The peer's SETTINGS, each time they arrive.
    case settings(PeerSettings)
    /// A whole field section: request, response, interim response or trailers.
    case head(HTTP2Stream, FieldSection, HeadKind)
    /// A piece of a body, in the peer's framing; a slice of the bytes that were fed in.
    case data(HTTP2Stream, ByteBuffer)
    /// The peer has sent all it will send on the stream.
    case ended(HTTP2Stream)
    /// The send queue of a stream whose source was told to stop has room again.
    case writable(HTTP2Stream)
    /// The stream is over; nothing of it follows.
    case closed(HTTP2Stream, HTTP2ErrorCode)
    /// The answer to a PING of ours, with its eight bytes.
    case pong(UInt64)
    /// The peer takes no new streams; at most 1 KiB of its debug data.
    case goAway(HTTP2ErrorCode, debug: ByteBuffer)

    package enum HeadKind: Sendable {
        case request, response, informational, trailers
    }

    /// The part of the peer's SETTINGS that decides what may be asked of it.
    package struct PeerSettings: Sendable, Equatable {
        package let concurrentStreams: Int
        /// Whether it takes extended CONNECT (RFC 8441, 3).
        package let allowsExtendedConnect: Bool
    }
}

/// How many frames of each suspicious sort one feeding of bytes brought.
struct FrameTally {
    var resets = 0
    var controlFrames = 0
    var windowUpdates = 0
    var glitches = 0
    var isEmpty: Bool { resets == 0 && controlFrames == 0 && windowUpdates == 0 && glitches == 0 }
}
