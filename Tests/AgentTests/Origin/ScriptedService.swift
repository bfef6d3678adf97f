import HTTP2
import HTTPFields
import NIOCore
import NIOPosix

/// An HTTP/2 service on loopback that does what the path of each request says.
///
/// ## Concurrency
/// Belongs to one event loop.
final class ScriptedService: HTTP2ConnectionDelegate {
    /// What reached the service, in order.
    enum Event: Sendable, Equatable {
        case connected
        case asked(String)
        case closed(String, HTTP2ErrorCode)
    }

    private let limits: HTTP2Limits
    private let events: AsyncStream<Event>.Continuation
    private var refusals = 1
    private var drops = 1
    private var channel: (any Channel)?
    private var download: HTTP2Stream?
    private var held: (reader: ScriptedStream, stream: HTTP2Stream)?
    /// What of a download has not been sent yet.
    var queuedDownload: Int { download?.queuedBytes ?? 0 }

    init(limits: HTTP2Limits = .towardsAgent, events: AsyncStream<Event>.Continuation) {
        self.limits = limits
        self.events = events
    }

    func start(on channel: any Channel) throws {
        events.yield(.connected)
        self.channel = channel
        let budget = MemoryBudget(limit: 1 << 30)
        try channel.pipeline.syncOperations.addHandler(
            HTTP2Handler(role: .server, limits: limits, budget: budget, delegate: self)
        )
    }

    /// What comes on the last connection is lost from now on.
    func numb() throws { try channel?.pipeline.syncOperations.addHandler(Numbness(), position: .first) }

    /// Reads on what the last request for `/hold` sends.
    func release() {
        guard let (reader, stream) = held.take() else { return }
        reader.readOn(stream)
    }

    // MARK: HTTP2ConnectionDelegate

    func connection(
        _ handler: HTTP2Handler,
        accepted stream: HTTP2Stream,
        request: FieldSection
    ) -> (any HTTP2StreamDelegate)? {
        let path = request.string(":path") ?? ""
        events.yield(.asked(path))
        do { try answer(path, request, stream, handler) } catch { handler.reset(stream, .internalError) }
        let reader = ScriptedStream(path: path, handler: handler, channel: channel) { [events] in
            events.yield(.closed(path, $0))
        }
        if path == "/hold" { held = (reader, stream) }
        return reader
    }

    private func answer(
        _ path: String,
        _ request: FieldSection,
        _ stream: HTTP2Stream,
        _ handler: HTTP2Handler
    ) throws {
        switch path {
        case "/silent", "/hold": break
        case "/error": try handler.respond(.of([":status": "200", "grpc-status": "12"]), on: stream, ends: true)
        case "/interim":
            try handler.inform(.of([":status": "100"]), on: stream)
            try handler.inform(.of([":status": "103", "link": "</style.css>"]), on: stream)
            try handler.respond(.of([":status": "204"]), on: stream, ends: true)
        case _ where path.hasPrefix("/cut/"):
            try handler.respond(.of([":status": "200"]), on: stream, ends: false)
            _ = handler.send(ByteBuffer(string: "half"), on: stream)
        case "/download":
            try handler.respond(.of([":status": "200"]), on: stream, ends: false)
            download = stream
            _ = handler.send(ByteBuffer(repeating: 7, count: 8 << 20), on: stream)
            handler.finish(stream)
        case "/leave":
            try handler.respond(.of([":status": "200"]), on: stream, ends: false)
            handler.goAway(.noError)
        case "/refused-once" where refusals > 0:
            refusals -= 1
            handler.reset(stream, .refusedStream)
        case "/dropped-once" where drops > 0:
            drops -= 1
            // With a body, it is dropped when the body comes.
            if stream.endedWithHead { channel?.close(promise: nil) }
        case _ where path.hasPrefix("/reset/"):
            handler.reset(stream, .last(of: path))
        default: try echo(request, stream, handler)
        }
    }

    private func echo(_ request: FieldSection, _ stream: HTTP2Stream, _ handler: HTTP2Handler) throws {
        var fields = FieldSection.of([":status": "200"])
        let seen = [":scheme", ":authority", ":method", ":protocol", "te", "authorization", "x-user", "x_user"]
        for name in seen {
            guard let value = request.string(name) else { continue }
            fields.append("x-seen-\(name.filter { $0 != ":" })", value)
        }
        try handler.respond(fields, on: stream, ends: false)
    }

    func connection(_ handler: HTTP2Handler, received settings: HTTP2Event.PeerSettings) {}
    func connection(_ handler: HTTP2Handler, peerLeaving code: HTTP2ErrorCode, debug: ByteBuffer) {}
    func connection(_ handler: HTTP2Handler, measured roundTrip: TimeAmount) {}
    func connection(_ handler: HTTP2Handler, ended reason: HTTP2Handler.End) {}
}

/// Loses everything.
private final class Numbness: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}
}

/// One stream of the service: sends back what it is sent, and trailers at the end.
private final class ScriptedStream: HTTP2StreamDelegate {
    private let path: String
    /// It keeps the stream, and the stream this.
    private weak var handler: HTTP2Handler?
    private let channel: (any Channel)?
    private let closed: (HTTP2ErrorCode) -> Void
    private var isHolding: Bool
    private var heldBytes = 0

    init(
        path: String,
        handler: HTTP2Handler,
        channel: (any Channel)?,
        closed: @escaping (HTTP2ErrorCode) -> Void
    ) {
        self.path = path
        self.handler = handler
        self.channel = channel
        self.closed = closed
        isHolding = path == "/hold"
    }

    func readOn(_ stream: HTTP2Stream) {
        isHolding = false
        handler?.taken(heldBytes, on: stream)
    }

    func stream(_ stream: HTTP2Stream, received data: ByteBuffer) {
        if path == "/dropped-once" { channel?.close(promise: nil) }
        guard let handler else { return }
        guard !isHolding else {
            heldBytes += data.readableBytes
            return handler.readerStalled(on: stream)
        }
        if path != "/hold" { _ = handler.send(data, on: stream) }
        handler.taken(data.readableBytes, on: stream)
        // A response that breaks off, once its head has certainly been passed on.
        if path.hasPrefix("/cut/") { handler.reset(stream, .last(of: path)) }
    }

    func streamEnded(_ stream: HTTP2Stream) {
        guard path != "/silent", path != "/hold" else { return }
        handler?.finish(stream, trailers: .of(["grpc-status": "0"]))
    }

    func stream(_ stream: HTTP2Stream, received fields: FieldSection, kind: HTTP2Event.HeadKind) {
        // What came as a trailer shows that it was passed on; the response ends with it.
        if kind == .trailers, let sum = fields.string("x-sum") {
            handler?.finish(stream, trailers: .of(["grpc-status": "0", "x-sum": sum]))
        }
    }

    func streamWritable(_ stream: HTTP2Stream) {}
    func stream(_ stream: HTTP2Stream, closed code: HTTP2ErrorCode) { closed(code) }
    func streamReadComplete(_ stream: HTTP2Stream) {}
}

extension HTTP2ErrorCode {
    /// The code that a path ends with.
    fileprivate static func last(of path: String) -> HTTP2ErrorCode {
        HTTP2ErrorCode(rawValue: path.split(separator: "/").last.flatMap { UInt32($0) } ?? 0)
    }
}

extension FieldSection {
    /// Pseudo-header fields first, the rest by name.
    static func of(_ fields: [String: String]) -> FieldSection {
        var section = FieldSection()
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) { section.append(name, value) }
        return section
    }
}
