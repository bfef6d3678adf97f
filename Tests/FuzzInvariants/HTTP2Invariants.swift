import HTTP1
import HTTP2
import HTTPFields
import NIOCore

/// A session never traps, tells a sensible story of each stream, and keeps and says no more than its limits allow.
enum HTTP2Invariants {
    /// Small, so that short inputs reach every limit.
    private static let limits: HTTP2Limits = {
        var limits = HTTP2Limits.towardsVisitor
        limits.concurrentStreams = 8
        limits.fieldSectionSize = 2048
        limits.fieldCount = 16
        limits.informationalResponses = 2
        return limits
    }()

    /// The bytes come from a visitor, or an edge, whose preface is already there.
    static func server(_ bytes: [UInt8]) throws {
        let session = try HTTP2Session(role: .server, limits: limits)
        var story = HTTP2Story(session: session, limits: limits)
        try story.feed([ByteBuffer(string: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")] + Pieces.uneven(bytes))
    }

    /// The bytes come from an agent that was asked three things: streams 1 and 3 have no body, stream 5 does.
    static func client(_ bytes: [UInt8]) throws {
        let session = try HTTP2Session(role: .client, limits: limits)
        _ = try session.request(request("GET"), ends: true)
        _ = try session.request(request("HEAD"), ends: true)
        let upload = try session.request(request("POST"), ends: false)
        _ = session.send(ByteBuffer(repeating: 0x61, count: HTTP2Story.bodySize), on: upload)
        var story = HTTP2Story(session: session, limits: limits)
        try story.feed(Pieces.uneven(bytes))
    }

    private static func request(_ method: String) -> FieldSection {
        var fields = FieldSection()
        fields.append(":method", method)
        fields.append(":scheme", "http")
        fields.append(":authority", "a.example")
        fields.append(":path", "/")
        return fields
    }
}

/// One session under bytes, with what has been told of its streams.
struct HTTP2Story {
    /// What this end sends as a body of its own.
    static let bodySize = 100
    /// What this end says on its own account: its preface, SETTINGS, window, GOAWAY and requests.
    private static let opening = 2048

    let session: HTTP2Session
    let limits: HTTP2Limits
    private var closed: Set<ObjectIdentifier> = []
    private var ended: Set<ObjectIdentifier> = []
    /// Kept, so that no identifier comes twice.
    private var known: [HTTP2Stream] = []
    private var bytesIn = 0
    private var bytesOut = 0
    private var bodyBytes = 0
    private var answers = 0

    init(session: HTTP2Session, limits: HTTP2Limits) {
        self.session = session
        self.limits = limits
    }

    mutating func feed(_ pieces: [ByteBuffer]) throws {
        try takeOutput()
        for piece in pieces {
            bytesIn += piece.readableBytes
            var isOver = false
            do throws(HTTP2Error) { try session.receive(piece) } catch { isOver = true }
            try takeEvents()
            try takeOutput()
            try takeEvents()
            try requireBounds()
            if isOver || session.isFinished { return }
        }
    }

    private func requireBounds() throws {
        try require(session.openStreams <= limits.concurrentStreams, "\(session.openStreams) streams are open")
        try require(bodyBytes <= bytesIn, "a body is larger than what came")
        let allowed = Self.opening + 4 * bytesIn + 256 * answers
        try require(bytesOut <= allowed, "\(bytesIn) bytes were answered with \(bytesOut)")
    }

    private mutating func takeOutput() throws {
        do throws(HTTP2Error) {
            while let output = try session.produce(limit: 16 * 1024) { bytesOut += output.readableBytes }
        } catch {
            return  // The session is over; the next bytes say so as well.
        }
    }

    private mutating func takeEvents() throws {
        var batch: [HTTP2Event] = []
        session.takeEvents(into: &batch)
        for event in batch { try check(event) }
    }

    private mutating func check(_ event: HTTP2Event) throws {
        switch event {
        case .settings, .pong: break
        case .goAway(_, let debug): try require(debug.readableBytes <= 1024, "too much debug data")
        case .writable(let stream): try requireOpen(stream)
        case .head(let stream, let fields, let kind):
            try requireOpen(stream)
            try checkHead(stream, fields, kind)
        case .data(let stream, let data):
            try requireOpen(stream)
            try require(!ended.contains(ObjectIdentifier(stream)), "a body goes on after its end")
            bodyBytes += data.readableBytes
        case .ended(let stream):
            try requireOpen(stream)
            try require(ended.insert(ObjectIdentifier(stream)).inserted, "a body ends twice")
        case .closed(let stream, _):
            known.append(stream)
            try require(closed.insert(ObjectIdentifier(stream)).inserted, "a stream is closed twice")
        }
    }

    private mutating func requireOpen(_ stream: HTTP2Stream) throws {
        known.append(stream)
        try require(!closed.contains(ObjectIdentifier(stream)), "something is told of a closed stream")
    }

    private mutating func checkHead(
        _ stream: HTTP2Stream,
        _ fields: FieldSection,
        _ kind: HTTP2Event.HeadKind
    ) throws {
        try fields.requireCleanFields()
        try require(fields.listSize <= limits.fieldSectionSize, "a field section is too large")
        try require(fields.count <= limits.fieldCount, "a field section has too many fields")
        switch kind {
        case .request:
            try require(session.role == .server, "a client got a request")
            try checkForwarding(fields)
            try answer(stream)
        case .response, .informational: try require(session.role == .client, "a server got a response")
        case .trailers: break
        }
    }

    /// What the second check lets pass is one request of HTTP/1.1 as well.
    private func checkForwarding(_ fields: FieldSection) throws {
        let head: HTTP2RequestHead
        do throws(HTTP1Error) { head = try HTTP2RequestHead(fields) } catch { return }
        guard head.connect == nil else { return }
        try RewrittenHead.checkForwarded(head.method, head.target, fields, authority: head.authority)
    }

    private mutating func answer(_ stream: HTTP2Stream) throws {
        guard !stream.isClosed, stream.id % 4 == 1 else { return }
        answers += 1
        var fields = FieldSection()
        fields.append(":status", "200")
        do throws(HTTP2Error) { try session.respond(fields, on: stream, ends: false) } catch { return }
        _ = session.send(ByteBuffer(repeating: 0x61, count: Self.bodySize), on: stream)
        session.finish(stream, trailers: nil)
    }
}
