import HTTPFields
import NIOCore
import Testing

@testable import HTTP2

struct HTTP2SessionTests {
    @Test func `carries a request and its answer with every field`() throws {
        let pair = try SessionPair()
        let (_, served) = try pair.open(.get("/a?b=c").adding("x-one", "1").adding("Cookie", "k=v"))
        let request = try #require(pair.serverEvents.heads(.request).first)
        #expect(request.string(":path") == "/a?b=c")
        #expect(request.string("cookie") == "k=v")
        #expect(pair.serverEvents.endedCount == 1)

        try pair.server.respond(.status("200").adding("content-length", "0"), on: served, ends: true)
        try pair.exchange()
        #expect(pair.clientEvents.heads(.response).first?.string(":status") == "200")
        #expect(pair.clientEvents.closedCodes == [.noError])
        #expect(pair.serverEvents.closedCodes == [.noError])
        #expect(pair.client.openStreams == 0 && pair.server.openStreams == 0)
    }

    @Test func `carries bodies both ways beyond every window once their readers take them`() throws {
        let pair = try SessionPair()
        let up = ByteBuffer(pattern: 700_000)
        let down = ByteBuffer(pattern: 900_001)
        let (stream, served) = try pair.open(.get("/", method: "POST"), ends: false)
        _ = pair.client.send(up, on: stream)
        pair.client.finish(stream, trailers: nil)
        try pair.server.respond(.status("200"), on: served, ends: false)
        _ = pair.server.send(down, on: served)
        pair.server.finish(served, trailers: nil)

        var taken = (up: 0, down: 0)
        while pair.clientEvents.closedCodes.isEmpty {
            try pair.exchange()
            let arrived = (up: pair.serverEvents.body.readableBytes, down: pair.clientEvents.body.readableBytes)
            try #require(arrived.up > taken.up || arrived.down > taken.down)
            pair.server.returnConnectionCredit(arrived.up - taken.up)
            pair.server.returnStreamCredit(arrived.up - taken.up, on: served)
            pair.client.returnConnectionCredit(arrived.down - taken.down)
            pair.client.returnStreamCredit(arrived.down - taken.down, on: stream)
            taken = arrived
        }
        #expect(pair.serverEvents.body == up)
        #expect(pair.clientEvents.body == down)
    }

    @Test func `stops at the stream window while its reader takes nothing`() throws {
        let pair = try SessionPair()
        let (_, served) = try pair.open()
        try pair.server.respond(.status("200"), on: served, ends: false)
        _ = pair.server.send(ByteBuffer(pattern: 1 << 20), on: served)
        try pair.exchange()
        #expect(pair.clientEvents.body.readableBytes == HTTP2Limits().initialStreamWindow)
    }

    @Test func `tells a source to stop at the mark and to go on when the queue has drained`() throws {
        let pair = try SessionPair()
        let (stream, served) = try pair.open()
        try pair.server.respond(.status("200"), on: served, ends: false)
        let mark = HTTP2Limits().streamSendQueue
        #expect(pair.server.send(ByteBuffer(pattern: mark), on: served))
        #expect(!pair.server.send(ByteBuffer(pattern: 1), on: served))
        try pair.exchange()
        #expect(pair.clientEvents.body.readableBytes == mark + 1)
        let resumed = pair.serverEvents.contains { if case .writable = $0 { true } else { false } }
        #expect(resumed)
        #expect(stream.unreadBytes == mark + 1)
    }

    @Test func `sends DATA in frames as large as the peer takes, up to a measure of its own`() throws {
        var greedy = HTTP2Limits.towardsAgent
        greedy.frameSize = 1024 * 1024
        for (limits, frames) in [(HTTP2Limits(), 7), (.towardsAgent, 4), (greedy, 4)] {
            let pair = try SessionPair(client: limits)
            let (_, served) = try pair.open()
            try pair.server.respond(.status("200"), on: served, ends: false)
            _ = pair.server.send(ByteBuffer(pattern: 100 * 1024), on: served)
            try pair.exchange()
            #expect(pair.server.dataFramesSent == frames)
            #expect(pair.clientEvents.body == ByteBuffer(pattern: 100 * 1024))
        }
    }

    @Test func `sends trailers after a body and after none`() throws {
        for body in [ByteBuffer(), ByteBuffer(string: "hello")] {
            let pair = try SessionPair()
            let (_, served) = try pair.open()
            try pair.server.respond(.status("200"), on: served, ends: false)
            _ = pair.server.send(body, on: served)
            var trailers = FieldSection()
            trailers.append("grpc-status", "0")
            pair.server.finish(served, trailers: trailers)
            try pair.exchange()
            #expect(pair.clientEvents.kinds == [.response, .trailers])
            #expect(pair.clientEvents.heads(.trailers).first?.string("grpc-status") == "0")
            #expect(pair.clientEvents.body == body)
            #expect(pair.clientEvents.closedCodes == [.noError])
        }
    }

    @Test func `ends a body that turned out to be empty`() throws {
        let pair = try SessionPair()
        let (_, served) = try pair.open()
        try pair.server.respond(.status("200"), on: served, ends: false)
        try pair.exchange()
        pair.server.finish(served, trailers: nil)
        try pair.exchange()
        #expect(pair.clientEvents.closedCodes == [.noError])
    }

    @Test func `passes interim responses on before the final one`() throws {
        let pair = try SessionPair()
        let (_, served) = try pair.open()
        try pair.server.inform(.status("103").adding("link", "</a.css>"), on: served)
        try pair.server.inform(.status("100"), on: served)
        try pair.server.respond(.status("204"), on: served, ends: true)
        try pair.exchange()
        #expect(pair.clientEvents.kinds == [.informational, .informational, .response])
    }

    @Test func `resets a stream that carries interim responses without end`() throws {
        let pair = try SessionPair()
        let (_, served) = try pair.open()
        for _ in 0...HTTP2Limits().informationalResponses { try pair.server.inform(.status("103"), on: served) }
        try pair.exchange()
        #expect(pair.clientEvents.closedCodes == [.enhanceYourCalm])
    }

    @Test func `tells whether a head was all, also when its body came in the same bytes`() throws {
        let pair = try SessionPair()
        let stream = try pair.client.request(.get("/", method: "POST"), ends: false)
        _ = pair.client.send(ByteBuffer(string: "all at once"), on: stream)
        pair.client.finish(stream, trailers: nil)
        try pair.exchange()
        #expect(try #require(pair.accepted).endedWithHead == false)
        #expect(pair.serverEvents.body == ByteBuffer(string: "all at once"))
        #expect(try pair.open().server.endedWithHead)
    }

    @Test func `tells either end that the other reset the stream`() throws {
        let pair = try SessionPair()
        let (stream, served) = try pair.open(ends: false)
        pair.client.reset(stream, .cancel)
        try pair.exchange()
        #expect(served.isClosed && stream.isClosed)
        #expect(pair.serverEvents.closedCodes == [.cancel])
    }

    @Test func `offers extended CONNECT as the server and says so`() throws {
        let pair = try SessionPair()
        let settings = pair.clientEvents.compactMap { if case .settings(let peer) = $0 { peer } else { nil } }
        #expect(settings.last == .init(concurrentStreams: 4096, allowsExtendedConnect: true))
        var fields = FieldSection.get("/v1", method: "CONNECT")
        fields.append(":protocol", "osm-control")
        let (_, served) = try pair.open(fields, ends: false)
        try pair.server.respond(.status("200"), on: served, ends: false)
        _ = pair.server.send(ByteBuffer(string: "down\n"), on: served)
        try pair.exchange()
        #expect(pair.clientEvents.body == ByteBuffer(string: "down\n"))
    }

    @Test func `a protocol is named by CONNECT alone`() throws {
        let pair = try SessionPair()
        var fields = FieldSection.get("/v1")
        fields.append(":protocol", "osm-control")
        #expect(throws: HTTP2Error.self) { try pair.open(fields) }
        #expect(pair.clientEvents.closedCodes == [.protocolError])
    }

    @Test func `answers a PING with the same eight bytes`() throws {
        let pair = try SessionPair()
        try pair.client.ping(0x0102_0304_0506_0708)
        try pair.exchange()
        let pongs = pair.clientEvents.compactMap { if case .pong(let payload) = $0 { payload } else { nil } }
        #expect(pongs == [0x0102_0304_0506_0708])
    }

    @Test func `carries the reason of a GOAWAY`() throws {
        let pair = try SessionPair()
        try pair.client.goAway(.noError, debug: #"{"code":"device_revoked"}"#)
        try pair.exchange()
        let reasons = pair.serverEvents.compactMap { if case .goAway(_, let debug) = $0 { debug } else { nil } }
        #expect(reasons == [ByteBuffer(string: #"{"code":"device_revoked"}"#)])
    }

    @Test func `opens no stream towards a peer that is leaving`() throws {
        let pair = try SessionPair()
        try pair.server.goAway(.noError, debug: "")
        try pair.exchange()
        #expect(throws: HTTP2Error.self) { _ = try pair.client.request(.get("/"), ends: true) }
    }

    @Test func `counts every field against the limit, cookies one by one`() throws {
        let pair = try SessionPair()
        var fields = FieldSection.get("/")
        for _ in fields.count..<HTTP2Limits().fieldCount { fields.append("cookie", "a") }
        _ = try pair.open(fields)
        #expect(pair.serverEvents.heads(.request).count == 1)

        fields.append("cookie", "a")
        let stream = try pair.client.request(fields, ends: true)
        try pair.exchange()
        #expect(pair.serverEvents.heads(.request).count == 1)
        #expect(stream.isClosed)
    }

    @Test func `refuses a field section above its size`() throws {
        var generous = HTTP2Limits()
        generous.fieldSectionSize = 1 << 20
        let pair = try SessionPair(client: generous)
        let big = String(repeating: "v", count: HTTP2Limits().fieldSectionSize)
        let stream = try pair.client.request(.get("/").adding("x-big", big), ends: true)
        try pair.exchange()
        #expect(stream.isClosed)
        #expect(pair.serverEvents.heads(.request).isEmpty)
    }

    @Test(arguments: ["connection", "transfer-encoding", "bad name", "UPPER\u{1}"])
    func `makes a malformed field a stream error instead of losing it`(name: String) throws {
        let pair = try SessionPair()
        let stream = try pair.client.request(.get("/").adding(name, "x"), ends: true)
        try pair.exchange()
        #expect(stream.isClosed)
        #expect(pair.serverEvents.heads(.request).isEmpty)
        #expect(pair.server.takeTally().glitches > 0)
    }

    @Test func `never crashes on bytes that are not HTTP/2`() throws {
        var random = SplitMix(state: 7)
        for _ in 0..<500 {
            for role in [HTTP2Session.Role.client, .server] {
                let session = try HTTP2Session(role: role, limits: .towardsAgent)
                let bytes = (0..<Int.random(in: 1...200, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
                do { try session.receive(ByteBuffer(bytes: bytes)) } catch { continue }
                _ = try session.produce(limit: 1 << 16)
            }
        }
    }

    @Test func `survives a conversation with bytes flipped anywhere`() throws {
        let recorded = try recordedServerBytes()
        var random = SplitMix(state: 11)
        for _ in 0..<2000 {
            var bytes = recorded
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            let client = try HTTP2Session(role: .client, limits: .towardsAgent)
            _ = try client.request(.get("/"), ends: true)
            _ = try client.produce(limit: 1 << 16)
            do { try client.receive(ByteBuffer(bytes: bytes)) } catch { continue }
            _ = try client.produce(limit: 1 << 16)
        }
    }

    /// What a server says to one GET, as bytes.
    private func recordedServerBytes() throws -> [UInt8] {
        let client = try HTTP2Session(role: .client, limits: .towardsAgent)
        let server = try HTTP2Session(role: .server, limits: .towardsEdge)
        _ = try client.request(.get("/"), ends: true)
        while let bytes = try client.produce(limit: 1 << 16) { try server.receive(bytes) }
        var events: [HTTP2Event] = []
        server.takeEvents(into: &events)
        for case .head(let stream, _, .request) in events {
            try server.respond(.status("200").adding("content-type", "text/plain"), on: stream, ends: false)
            _ = server.send(ByteBuffer(pattern: 300), on: stream)
            server.finish(stream, trailers: nil)
        }
        var recorded: [UInt8] = []
        while let bytes = try server.produce(limit: 1 << 16) { recorded += Array(bytes.readableBytesView) }
        return recorded
    }
}

/// A small generator with a seed, so that a failure comes back.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
