import HTTPFields
import NIOCore
import Testing

@testable import Inspector

struct ExchangeLogTests {
    private let time = StillClock()

    private func log(_ change: (inout ExchangeLimits) -> Void = { _ in }) -> ExchangeLog {
        var limits = ExchangeLimits()
        change(&limits)
        return ExchangeLog(limits: limits, clock: time.clock, pace: .zero)
    }

    @Test func `tells an exchange from its head to its end`() throws {
        let log = log()
        let recorder = log.record(endpoint: "web", request: .request("POST", "/a?b=c", ["content-type": "text/plain"]))
        time.advance(.milliseconds(2))
        recorder.received(ByteBuffer(string: "hello"))
        recorder.received(trailers: FieldSection(["x-check": "1"]))
        recorder.receivedEnd()
        recorder.originConnected()
        time.advance(.milliseconds(1))
        recorder.requestSent()
        recorder.sends(head: .response(103, ["link": "</s.css>"]))
        time.advance(.milliseconds(10))
        recorder.sends(head: .response(201, ["content-type": "text/html; charset=utf-8"]))
        recorder.sends(ByteBuffer(string: "<p>"))
        recorder.sendsEnd(trailers: FieldSection(["grpc-status": "0"]))
        #expect(log.exchanges.map(\.phase) == [.open])
        time.advance(.microseconds(1250))
        recorder.closed(problem: nil)

        let detail = try #require(log.detail(of: recorder.id))
        let summary = detail.summary
        #expect(log.exchanges == [summary])
        #expect(summary.began == "2027-01-15T08:00:00.125Z")
        #expect([summary.method, summary.host, summary.path] == ["POST", "app.example.com", "/a?b=c"])
        #expect(summary.status == 201 && summary.phase == .done && summary.kind == .http)
        #expect(summary.requestBytes == 5 && summary.responseBytes == 3 && summary.durationMilliseconds == 14.25)
        #expect(detail.request.fields == [FieldRecord(name: "content-type", value: "text/plain")])
        #expect(detail.request.trailers == [FieldRecord(name: "x-check", value: "1")])
        #expect(detail.request.body.content == "hello" && detail.request.body.encoding == .text)
        #expect(detail.response.body.mediaType == "text/html")
        #expect(detail.response.trailers == [FieldRecord(name: "grpc-status", value: "0")])
        #expect(detail.interim.map(\.status) == [103] && detail.interim.map(\.atMilliseconds) == [3])
        #expect(detail.timing.requestReceived == 2 && detail.timing.originConnected == 2)
        #expect(detail.timing.requestSent == 3 && detail.timing.responseHead == 13 && detail.timing.responseEnd == 13)
    }

    @Test func `says how an exchange broke off`() {
        let log = log()
        let recorder = log.record(endpoint: "web", request: .request())
        recorder.closed(problem: "the tunnel was lost")
        #expect(log.exchanges.map(\.phase) == [.failed])
        #expect(log.exchanges.map(\.error) == ["the tunnel was lost"])
    }

    @Test func `lets the oldest make room when there are too many`() {
        let log = log { $0.exchanges = 3 }
        for index in 1...5 { log.pass(.request("GET", "/\(index)")) }
        #expect(log.exchanges.map(\.path) == ["/3", "/4", "/5"])
        #expect(log.detail(of: 2) == nil && log.detail(of: 3) != nil && log.detail(of: 6) == nil)
    }

    @Test func `lets the oldest make room when they are too large`() {
        let log = log { $0.totalBytes = 10_000 }
        for _ in 1...9 { log.pass(.request(), nil, .response(), String(repeating: "a", count: 3000)) }
        #expect(log.exchanges.map(\.id) == [8, 9])
        #expect((6000...10_000).contains(log.keptBytes))
        log.clear()
        #expect(log.exchanges.isEmpty && log.keptBytes == 0)
    }

    @Test func `gives back what every change of an exchange took`() {
        let log = log { $0.exchanges = 1 }
        log.pass(.request("POST"), "body", .response(), "answer")
        let bytes = log.keptBytes
        for _ in 1...3 { log.pass(.request("POST"), "body", .response(), "answer") }
        #expect(log.keptBytes == bytes)
    }

    @Test func `forgets an exchange that outgrows the whole log`() {
        let log = log { $0.totalBytes = 1000 }
        log.pass(.request(), nil, .response(), String(repeating: "a", count: 3000))
        #expect(log.exchanges.isEmpty && log.keptBytes == 0)
    }

    @Test func `records an open exchange no further once it was forgotten`() {
        let log = log()
        let recorder = log.record(endpoint: "web", request: .request())
        log.clear()
        recorder.sends(head: .response())
        recorder.closed(problem: nil)
        #expect(log.exchanges.isEmpty && log.keptBytes == 0)
        #expect(log.pass(.request()) == recorder.id + 1)
    }

    @Test func `keeps the beginning of a body and counts the rest`() throws {
        let log = log { $0.bodyBytes = 8 }
        let recorder = log.record(endpoint: "web", request: .request())
        recorder.sends(head: .response(200, ["content-type": "text/plain"]))
        for piece in ["hello", " wörld", " again"] { recorder.sends(ByteBuffer(string: piece)) }
        let body = try #require(log.detail(of: recorder.id)?.response.body)
        // The last letter that fits has only one of its two bytes, and is not shown.
        #expect(body.content == "hello w" && body.encoding == .text)
        #expect(body.bytesTotal == 18 && body.kept == 8 && body.truncated)
    }

    @Test(arguments: [[0xFF, 0x00, 0x80], [0x61, 0x00]] as [[UInt8]])
    func `writes down what is no text in Base64`(bytes: [UInt8]) throws {
        let log = log()
        let recorder = log.record(endpoint: "web", request: .request())
        recorder.received(ByteBuffer(bytes: bytes))
        let body = try #require(log.detail(of: recorder.id)?.request.body)
        #expect(body.encoding == .base64 && body.content == (bytes.count == 3 ? "/wCA" : "YQA="))
    }

    @Test func `says under which compression a body is`() throws {
        let log = log()
        log.pass(.request(), nil, .response(200, ["content-encoding": "gzip"]), "\u{1F}")
        log.pass(.request(), nil, .response(200, ["content-encoding": "identity"]), "a")
        #expect(log.details().map(\.response.body.contentCoding) == ["gzip", nil])
    }

    @Test func `cuts a long path in the list only`() throws {
        let log = log { $0.pathBytes = 4 }
        let id = log.pass(.request("GET", "/long/path"))
        let detail = try #require(log.detail(of: id))
        #expect(detail.summary.path == "/lon…" && detail.path == "/long/path")
    }

    @Test func `keeps only the first of many interim responses`() throws {
        let log = log { $0.interimHeads = 2 }
        let recorder = log.record(endpoint: "web", request: .request())
        for _ in 1...5 { recorder.sends(head: .response(100)) }
        #expect(log.detail(of: recorder.id)?.interim.count == 2)
        #expect(log.exchanges.map(\.status) == [nil])
    }

    @Test func `remembers which exchange another one repeats`() {
        let log = log()
        let first = log.pass(.request())
        _ = log.record(endpoint: "web", request: .request(), replayOf: first)
        #expect(log.exchanges.map(\.replayOf) == [nil, first])
    }

    @Test func `takes exchanges from many threads while others read`() async {
        var limits = ExchangeLimits()
        limits.exchanges = 50
        let log = ExchangeLog(limits: limits)
        await withTaskGroup { group in
            for task in 0..<8 {
                group.addTask {
                    for index in 0..<100 {
                        log.pass(.request("POST", "/\(task)/\(index)"), "body", .response(), "answer")
                    }
                }
                group.addTask {
                    for _ in 0..<20 { _ = log.search("answer").count + log.details().map(\.messages.count).count }
                }
            }
        }
        #expect(log.exchanges.map(\.id) == Array(751...800))
        #expect(log.exchanges.allSatisfy { $0.phase == .done && $0.responseBytes == 6 })
        #expect(log.keptBytes == log.snapshot().reduce(0) { $0 + $1.cost })
    }
}
