import Agent
import HTTP2
import HTTPFields
import Inspector
import NIOCore
import Testing

@testable import osm_agent

struct InspectingTapTests {
    private let log = ExchangeLog()

    private func request(_ method: String) -> FieldSection {
        var request = FieldSection()
        request.append(":method", method)
        request.append(":path", "/a")
        request.append(":authority", "app.example.com")
        return request
    }

    @Test func `records what a tunnel shows`() throws {
        let tap = try #require(
            InspectingObserver(log: log).began(request("POST"), ends: false, endpoint: "web", replayOf: nil)
        )
        var head = FieldSection()
        head.append(":status", "200")
        var trailers = FieldSection()
        trailers.append("x-check", "1")
        tap.received(ByteBuffer(string: "ask"))
        tap.received(trailers: trailers)
        tap.receivedEnd()
        tap.originConnected()
        tap.requestSent()
        tap.sends(head: head)
        tap.sends(ByteBuffer(string: "answer"))
        tap.sendsEnd(trailers: trailers)
        tap.closed(.noError)

        let detail = try #require(log.detail(of: 1))
        #expect(detail.summary.endpoint == "web" && detail.summary.status == 200 && detail.summary.phase == .done)
        #expect(detail.request.body.content == "ask" && detail.response.body.content == "answer")
        #expect(detail.request.trailers.count == 1 && detail.response.trailers.count == 1)
        #expect(detail.timing.originConnected != nil && detail.timing.requestSent != nil)
    }

    @Test func `knows a request that ends with its head`() throws {
        _ = InspectingObserver(log: log).began(request("GET"), ends: true, endpoint: "web", replayOf: nil)
        let detail = try #require(log.detail(of: 1))
        #expect(detail.timing.requestReceived != nil)
    }

    @Test func `knows what a request repeats`() throws {
        _ = InspectingObserver(log: log).began(request("GET"), ends: true, endpoint: "web", replayOf: 4)
        #expect(log.exchanges.map(\.replayOf) == [4])
    }

    @Test(arguments: [HTTP2ErrorCode.cancel, .connectionLost, .refusedStream, HTTP2ErrorCode(rawValue: 77)])
    func `says how a stream broke off`(code: HTTP2ErrorCode) throws {
        let tap = try #require(
            InspectingObserver(log: log).began(request("GET"), ends: true, endpoint: "web", replayOf: nil)
        )
        tap.closed(code)
        #expect(log.exchanges.map(\.phase) == [.failed])
        #expect(log.exchanges.first?.error == InspectingTap.problem(code))
    }
}
