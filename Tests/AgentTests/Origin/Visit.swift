import HTTP2
import HTTPFields
import NIOCore

/// One stream that the edge's end of a harness has opened.
struct Visit: Sendable {
    enum Event: Sendable {
        case head(HTTP2Event.HeadKind, [String: String])
        case data(String)
        case ended
        case closed(HTTP2ErrorCode)
    }

    /// All that came on the stream until the response ended or broke off.
    struct Answer: Sendable {
        var interim: [String] = []
        var fields: [String: String] = [:]
        var body = ""
        var trailers: [String: String] = [:]
        var code = HTTP2ErrorCode.noError

        var status: String? { fields[":status"] }
    }

    let events: AsyncStream<Event>
    let eventLoop: any EventLoop
    let handler: NIOLoopBound<HTTP2Handler>
    let stream: NIOLoopBound<HTTP2Stream>
    let reader: NIOLoopBound<VisitReader>

    /// Waits for the end of the response.
    func answer() async -> Answer {
        var answer = Answer()
        for await event in events {
            switch event {
            case .head(.informational, let fields): answer.interim.append(fields[":status"] ?? "")
            case .head(.trailers, let fields): answer.trailers = fields
            case .head(_, let fields): answer.fields = fields
            case .data(let text): answer.body += text
            case .ended: return answer
            case .closed(let code):
                answer.code = code
                return answer
            }
        }
        return answer
    }

    /// Waits for the next thing that comes.
    func next() async -> Event? {
        for await event in events { return event }
        return nil
    }

    func send(_ data: ByteBuffer) async throws {
        try await eventLoop.submit { _ = handler.value.send(data, on: stream.value) }.get()
    }

    func finish(_ trailers: [String: String]? = nil) async throws {
        let section = trailers.map { FieldSection.of($0) }
        try await eventLoop.submit { handler.value.finish(stream.value, trailers: section) }.get()
    }

    func reset(_ code: HTTP2ErrorCode) async throws {
        try await eventLoop.submit { handler.value.reset(stream.value, code) }.get()
    }

    /// Bytes that the tunnel has not taken yet.
    func queuedBytes() async throws -> Int { try await eventLoop.submit { stream.value.queuedBytes }.get() }

    /// Begins to read what a visit that did not read has been sent.
    func readOn() async throws { try await eventLoop.submit { reader.value.readOn(stream.value) }.get() }
}

/// Tells a visit what comes, and reads it or does not.
final class VisitReader: HTTP2StreamDelegate {
    private let handler: HTTP2Handler
    private let events: AsyncStream<Visit.Event>.Continuation
    private var reads: Bool
    private var heldBytes = 0

    init(handler: HTTP2Handler, reads: Bool, events: AsyncStream<Visit.Event>.Continuation) {
        self.handler = handler
        self.reads = reads
        self.events = events
    }

    func readOn(_ stream: HTTP2Stream) {
        reads = true
        handler.taken(heldBytes, on: stream)
    }

    func stream(_ stream: HTTP2Stream, received fields: FieldSection, kind: HTTP2Event.HeadKind) {
        var named: [String: String] = [:]
        for index in fields.entries.indices {
            named[String(decoding: fields.name(at: index), as: UTF8.self)] = String(
                decoding: fields.value(at: index),
                as: UTF8.self
            )
        }
        events.yield(.head(kind, named))
    }

    func stream(_ stream: HTTP2Stream, received data: ByteBuffer) {
        events.yield(.data(String(buffer: data)))
        guard reads else {
            heldBytes += data.readableBytes
            return handler.readerStalled(on: stream)
        }
        handler.taken(data.readableBytes, on: stream)
    }

    func streamEnded(_ stream: HTTP2Stream) { events.yield(.ended) }
    func streamWritable(_ stream: HTTP2Stream) {}
    func stream(_ stream: HTTP2Stream, closed code: HTTP2ErrorCode) {
        events.yield(.closed(code))
        events.finish()
    }
    func streamReadComplete(_ stream: HTTP2Stream) {}
}
