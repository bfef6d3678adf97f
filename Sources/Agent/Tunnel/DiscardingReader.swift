import HTTP2
import HTTPFields
import NIOCore

/// Reads and forgets what comes on a stream that has been answered already.
final class DiscardingReader: HTTP2StreamDelegate {
    private let handler: HTTP2Handler

    init(_ handler: HTTP2Handler) { self.handler = handler }

    func stream(_ stream: HTTP2Stream, received fields: FieldSection, kind: HTTP2Event.HeadKind) {}
    func stream(_ stream: HTTP2Stream, received data: ByteBuffer) { handler.taken(data.readableBytes, on: stream) }
    func streamEnded(_ stream: HTTP2Stream) {}
    func streamWritable(_ stream: HTTP2Stream) {}
    func stream(_ stream: HTTP2Stream, closed code: HTTP2ErrorCode) {}
    func streamReadComplete(_ stream: HTTP2Stream) {}
}
