import Foundation
import HTTPFields
import NIOCore
import Testing

@testable import Inspector

struct ModelTests {
    @Test func `is written in JSON as the page reads it`() throws {
        let time = StillClock()
        let log = ExchangeLog(clock: time.clock)
        let recorder = log.record(endpoint: "web", request: .request("POST"), replayOf: 7)
        recorder.received(ByteBuffer(string: "a"))
        recorder.sends(head: .response(200, ["content-type": "text/event-stream"]))
        recorder.sends(ByteBuffer(string: "id: 1\nevent: e\ndata: d\n\n"))
        recorder.closed(problem: "the tunnel was lost")
        let detail = try #require(log.detail(of: recorder.id))
        let json = try JSONEncoder().encode(detail)
        #expect(try JSONDecoder().decode(ExchangeDetail.self, from: json) == detail)
        let object = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
        let summary = try #require(object["summary"] as? [String: Any])
        #expect(
            summary.keys.sorted() == [
                "began", "duration_ms", "endpoint", "error", "host", "id", "kind", "method", "path", "phase",
                "replay_of",
                "request_bytes", "response_bytes", "status",
            ]
        )
        let message = try #require((object["messages"] as? [[String: Any]])?.first)
        #expect(
            message.keys.sorted() == [
                "at_ms", "compressed", "content", "direction", "encoding", "event_id", "event_name", "kind", "size",
                "truncated",
            ]
        )
        #expect(message["direction"] as? String == "out")
    }

    @Test func `reads an edit that says only what is different`() throws {
        let edit = try JSONDecoder().decode(
            ReplayEdit.self,
            from: Data(#"{"body":{"encoding":"text","content":"a"}}"#.utf8)
        )
        #expect(edit == ReplayEdit(body: ReplayEdit.Body(encoding: .text, content: "a")))
    }
}
