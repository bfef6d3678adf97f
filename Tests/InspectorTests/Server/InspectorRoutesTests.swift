import FoundationEssentials
import HTTPFields
import NIOCore
import Synchronization
import Testing

@testable import Inspector

/// What a page asks, and what it gets.
@Suite(.timeLimit(.minutes(1)))
struct InspectorRoutesTests {
    private func decoded<Value: Decodable>(_ type: Value.Type, _ answer: RunningInspector.Answer) throws -> Value {
        try JSONDecoder().decode(type, from: Data(answer.body.utf8))
    }

    // MARK: Looking

    @Test func `lists what passed, newest first`() async throws {
        try await RunningInspector.run { inspector in
            let first = inspector.log.pass(.request("GET", "/one"))
            let second = inspector.log.pass(.request("GET", "/two"))
            let listing = try decoded(InspectorRoutes.Listing.self, await inspector.ask("GET", "/api/exchanges"))
            #expect(listing.exchanges.map(\.id) == [second, first])
        }
    }

    @Test func `finds what was asked for, percent escapes undone`() async throws {
        try await RunningInspector.run { inspector in
            inspector.log.pass(.request("GET", "/one"))
            let found = inspector.log.pass(.request("POST", "/two"), "a needle in hay")
            let answer = try await inspector.ask("GET", "/api/exchanges?search=a%20needle+in")
            let listing = try decoded(InspectorRoutes.Listing.self, answer)
            #expect(listing.exchanges.map(\.id) == [found])
        }
    }

    @Test func `shows one exchange as the log does`() async throws {
        try await RunningInspector.run { inspector in
            let id = inspector.log.pass(.request("POST", "/x", ["authorization": "Bearer secret-value"]), "body")
            let answer = try await inspector.ask("GET", "/api/exchanges/\(id)")
            let detail = try decoded(ExchangeDetail.self, answer)
            #expect(detail == inspector.log.detail(of: id))
            #expect(!answer.body.contains("secret-value"))
        }
    }

    @Test(arguments: ["9", "0", "-1", "x", "1e3", "99999999999999999999", "%00"])
    func `says that an exchange is not there`(id: String) async throws {
        try await RunningInspector.run { inspector in
            for path in ["/api/exchanges/\(id)", "/api/exchanges/\(id)/curl"] {
                try await inspector.expect(404, "GET", path)
            }
            try await inspector.expect(404, "POST", "/api/exchanges/\(id)/replay")
        }
    }

    @Test func `sends a page's bytes as JSON and nothing else`() async throws {
        try await RunningInspector.run { inspector in
            let hostile = "<script>alert(1)</script>"
            let id = inspector.log.pass(.request(), nil, .response(200, ["content-type": "text/html"]), hostile)
            let answer = try await inspector.ask("GET", "/api/exchanges/\(id)")
            #expect(answer.fields["content-type"] == "application/json")
            #expect(answer.fields["x-content-type-options"] == "nosniff")
        }
    }

    @Test func `writes a command of curl, and says when there can be none`() async throws {
        try await RunningInspector.run { inspector in
            let id = inspector.log.pass(.request("GET", "/a b"))
            let curl = try await inspector.ask("GET", "/api/exchanges/\(id)/curl")
            #expect(curl.body.hasPrefix("curl "))
            #expect(curl.body.contains("app.example.com"))
            let long = String(repeating: "x", count: inspector.log.limits.bodyBytes + 1)
            let cut = inspector.log.pass(.request("POST", "/"), long)
            try await inspector.expect(409, "GET", "/api/exchanges/\(cut)/curl")
        }
    }

    @Test func `exports everything, or what a search finds, as an archive`() async throws {
        try await RunningInspector.run { inspector in
            for number in 0..<20 { inspector.log.pass(.request("GET", "/number/\(number)")) }
            let all = try decoded(Archive.self, await inspector.ask("GET", "/api/har"))
            #expect(all.log.version == "1.2")
            #expect(all.log.creator.version == "1.2.3")
            #expect(all.log.entries.count == 20)
            let found = try decoded(Archive.self, await inspector.ask("GET", "/api/har?search=/number/1"))
            #expect(found.log.entries.count == 11)
        }
    }

    private struct Archive: Decodable {
        struct Log: Decodable {
            struct Creator: Decodable { let version: String }
            struct Entry: Decodable { let startedDateTime: String }
            let version: String
            let creator: Creator
            let entries: [Entry]
        }
        let log: Log
    }

    @Test func `shows the state of the agent as the agent writes it`() async throws {
        try await RunningInspector.run { inspector in
            let answer = try await inspector.ask("GET", "/api/status")
            #expect(answer.body == #"{"tunnels":[],"endpoints":[]}"#)
        }
    }

    // MARK: Changing

    @Test func `forgets everything when told to, and only by POST`() async throws {
        try await RunningInspector.run { inspector in
            let id = inspector.log.pass(.request())
            try await inspector.expect(405, "GET", "/api/clear")
            #expect(inspector.log.exchanges.count == 1)
            let kept = try decoded(EventFeed.Kept.self, await inspector.ask("POST", "/api/clear"))
            #expect(kept == EventFeed.Kept(from: id + 1))
            #expect(inspector.log.exchanges.isEmpty)
        }
    }

    @Test func `repeats a request and names the new exchange`() async throws {
        try await RunningInspector.run { inspector in
            let id = inspector.log.pass(.request("POST", "/orders", ["authorization": "Bearer kept-secret"]), "body")
            let answer = try await inspector.ask("POST", "/api/exchanges/\(id)/replay")
            let replayed = try decoded(InspectorRoutes.Replayed.self, answer)
            let new = try #require(replayed.id)
            #expect(new != id)
            #expect(inspector.log.detail(of: new)?.summary.replayOf == id)
            #expect(inspector.log.detail(of: new, redaction: .nothing)?.request.body.content == "body")
        }
    }

    @Test func `sends what a person changed`() async throws {
        let sent = Mutex<ReplayRequest?>(nil)
        let log = ExchangeLog(pace: .milliseconds(5))
        let replay: ReplaySender = { request in
            sent.withLock { $0 = request }
            log.pass(request)
        }
        try await RunningInspector.run(log: log, replay: replay) { inspector in
            let id = log.pass(.request("GET", "/one"))
            let edit = ReplayEdit(
                method: "PUT",
                path: "/two?x=1",
                fields: [FieldRecord(name: "x-new", value: "yes")],
                body: ReplayEdit.Body(encoding: .text, content: "changed")
            )
            let question = try JSONEncoder().encode(InspectorRoutes.EditedReplay(exchange: id, edit: edit))
            let body = String(decoding: question, as: UTF8.self)
            try await inspector.expect(200, "POST", "/api/replay", body: body)
            let request = try #require(sent.withLock { $0 })
            #expect(request.fields.string(":method") == "PUT")
            #expect(request.fields.string(":path") == "/two?x=1")
            #expect(request.fields.string("x-new") == "yes")
            #expect(String(buffer: request.body) == "changed")
        }
    }

    @Test(arguments: ["", "{}", "[]", #"{"exchange":"1","edit":{}}"#, #"{"exchange":1}"#])
    func `sends nothing on words that it cannot read`(body: String) async throws {
        let replay: ReplaySender = { _ in Issue.record("nothing was asked for") }
        try await RunningInspector.run(replay: replay) { inspector in
            inspector.log.pass(.request())
            try await inspector.expect(400, "POST", "/api/replay", body: body)
        }
    }

    @Test func `says why a request is not sent`() async throws {
        try await RunningInspector.run { inspector in
            let id = inspector.log.pass(.request())
            let body = #"{"exchange":\#(id),"edit":{"method":"CONNECT"}}"#
            let answer = try await inspector.ask("POST", "/api/replay", body: body)
            #expect(answer.status == 409)
            #expect(answer.body.contains("method"))
        }
    }

    @Test func `passes on why the agent could not send`() async throws {
        struct NoSuchEndpoint: Error, CustomStringConvertible { let description = "the endpoint web is gone" }
        try await RunningInspector.run(replay: { _ in throw NoSuchEndpoint() }) { inspector in
            let id = inspector.log.pass(.request())
            let answer = try await inspector.ask("POST", "/api/exchanges/\(id)/replay")
            #expect(answer.status == 502)
            #expect(answer.body.contains("the endpoint web is gone"))
        }
    }

    @Test func `takes no more than a person could have written`() async throws {
        try await RunningInspector.run { inspector in
            let body = String(repeating: "x", count: 2 << 20)
            let status = try await inspector.ask("POST", "/api/replay", body: body).status
            #expect([0, 413].contains(status))
        }
    }

    // MARK: Following

    @Test func `tells of an exchange as it happens`() async throws {
        try await RunningInspector.run { inspector in
            let events = try await inspector.events(until: #""status":200"#) {
                inspector.log.pass(.request("GET", "/x"))
            }
            #expect(events.contains("content-type: text/event-stream"))
            #expect(events.contains("event: exchange\ndata: {"))
        }
    }

    @Test func `tells what has been forgotten`() async throws {
        try await RunningInspector.run { inspector in
            let id = inspector.log.pass(.request())
            let events = try await inspector.events(until: #"{"from":\#(id + 1)}"#) { inspector.log.clear() }
            #expect(events.contains("event: kept\ndata: {\"from\":\(id)}\n\n"))
        }
    }

    @Test func `forgets who has left`() async throws {
        try await RunningInspector.run { inspector in
            _ = try await inspector.events(until: "event: kept")
            while inspector.log.subscriberCount > 0 { await Task.yield() }
        }
    }
}
