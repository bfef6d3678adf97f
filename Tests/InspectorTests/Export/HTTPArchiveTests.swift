import Foundation
import HTTPFields
import NIOCore
import Testing

@testable import Inspector

struct HTTPArchiveTests {
    private let time = StillClock()
    private let log: ExchangeLog

    init() { log = ExchangeLog(clock: time.clock, pace: .zero) }

    private typealias Object = [String: Any]

    private func archive(_ redaction: Redaction? = nil) async throws -> Object {
        let bytes = try await HTTPArchiveDocument(version: "1.2.3").bytes(log.details(redaction: redaction))
        let document = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? Object)
        #expect(Array(document.keys) == ["log"])
        return try #require(document["log"] as? Object)
    }

    private func entries(_ redaction: Redaction? = nil) async throws -> [Object] {
        try #require(try await archive(redaction)["entries"] as? [Object])
    }

    /// Whether the object has members of these types, which the specification requires.
    private func require<Kind>(_ names: [String], _ type: Kind.Type, in object: Object?) throws {
        let object = try #require(object)
        for name in names { #expect(object[name] is Kind, "\(name) of \(object.keys.sorted())") }
    }

    private func checkShape(_ entry: Object) throws {
        try require(["startedDateTime"], String.self, in: entry)
        try require(["time"], Double.self, in: entry)
        try require(["request", "response", "cache", "timings"], Object.self, in: entry)
        let request = try #require(entry["request"] as? Object)
        try require(["method", "url", "httpVersion"], String.self, in: request)
        try require(["cookies", "headers", "queryString"], [Object].self, in: request)
        try require(["headersSize", "bodySize"], Int.self, in: request)
        if let postData = request["postData"] {
            try require(["mimeType", "text"], String.self, in: postData as? Object)
        }
        let response = try #require(entry["response"] as? Object)
        try require(["status", "headersSize", "bodySize"], Int.self, in: response)
        try require(["statusText", "httpVersion", "redirectURL"], String.self, in: response)
        try require(["cookies", "headers"], [Object].self, in: response)
        try require(["content"], Object.self, in: response)
        try require(["size"], Int.self, in: response["content"] as? Object)
        try require(["mimeType"], String.self, in: response["content"] as? Object)
        let timings = try #require(entry["timings"] as? Object)
        try require(["send", "wait", "receive"], Double.self, in: timings)
        let steps = ["send", "wait", "receive"].compactMap { timings[$0] as? Double }
        #expect(steps.allSatisfy { $0 >= 0 } && entry["time"] as? Double == steps.reduce(0, +))
        for section in [request["headers"], request["cookies"], request["queryString"], response["headers"]] {
            for pair in try #require(section as? [Object]) { try require(["name", "value"], String.self, in: pair) }
        }
    }

    @Test func `has every member that HAR 1.2 requires`() async throws {
        log.pass(.request())
        log.pass(
            .request("POST", "/a?b=c&d", ["cookie": "a=1; b=2", "content-type": "application/json"]),
            "{}",
            .response(302, ["location": "/next", "set-cookie": "id=1; Path=/"]),
            "gone"
        )
        log.record(endpoint: "web", request: .request()).closed(problem: "the tunnel was lost")
        _ = log.record(endpoint: "web", request: .request())
        let archive = try await archive()
        #expect(archive["version"] as? String == "1.2")
        #expect(archive["creator"] as? [String: String] == ["name": "osm-agent", "version": "1.2.3"])
        let entries = try #require(archive["entries"] as? [Object])
        #expect(entries.count == 4)
        for entry in entries { try checkShape(entry) }
        #expect(entries[2]["comment"] as? String == "the tunnel was lost")
    }

    @Test func `says what was asked and answered, and when`() async throws {
        let recorder = log.record(endpoint: "web", request: .request("POST", "/a?b=c%20d+e&f", ["cookie": "a=1"]))
        time.advance(.milliseconds(2))
        recorder.received(ByteBuffer(string: "text"))
        recorder.receivedEnd()
        time.advance(.milliseconds(30))
        recorder.sends(head: .response(200, ["content-type": "image/png", "content-encoding": "gzip"]))
        recorder.sends(ByteBuffer(bytes: [0xFF, 0x00]))
        time.advance(.milliseconds(4))
        recorder.sendsEnd(trailers: nil)
        recorder.closed(problem: nil)

        let entry = try #require(try await entries(.nothing).first)
        #expect(entry["startedDateTime"] as? String == "2027-01-15T08:00:00.125Z")
        #expect(entry["timings"] as? [String: Double] == ["send": 2, "wait": 30, "receive": 4])
        let request = try #require(entry["request"] as? Object)
        #expect(request["url"] as? String == "https://app.example.com/a?b=c%20d+e&f")
        #expect(
            request["queryString"] as? [[String: String]] == [
                ["name": "b", "value": "c d e"], ["name": "f", "value": ""],
            ]
        )
        #expect(request["cookies"] as? [[String: String]] == [["name": "a", "value": "1"]])
        #expect((request["postData"] as? Object)?["text"] as? String == "text")
        let content = try #require((entry["response"] as? Object)?["content"] as? Object)
        #expect(content["text"] as? String == "/wA=" && content["encoding"] as? String == "base64")
        #expect(content["size"] as? Int == 2 && content["comment"] as? String == "still under gzip")
    }

    @Test func `holds no secret unless asked`() async throws {
        log.pass(
            .request("POST", "/?token=hush", ["cookie": "a=hush", "authorization": "Bearer hush"]),
            #"{"password":"hush"}"#,
            .response(200, ["set-cookie": "a=hush", "location": "/?sig=hush"]),
            #"{"secret":"hush"}"#
        )
        let document = HTTPArchiveDocument(version: "1")
        let shown = String(decoding: try await document.bytes(log.details()), as: UTF8.self)
        #expect(!shown.contains("hush") && shown.contains(Redaction.mark))
        let asked = String(decoding: try await document.bytes(log.details(redaction: .nothing)), as: UTF8.self)
        #expect(asked.ranges(of: "hush").count == 11 && !asked.contains(Redaction.mark))
    }

    @Test func `lists the messages of a WebSocket as browsers do`() async throws {
        var request = FieldSection.request("CONNECT", "/chat")
        request.append(":protocol", "websocket")
        let recorder = log.record(endpoint: "web", request: request)
        recorder.sends(head: .response())
        time.advance(.milliseconds(500))
        recorder.received(ByteBuffer(bytes: [0x81, 0x01, 0x61, 0x89, 0x00]))
        recorder.sends(ByteBuffer(bytes: [0x82, 0x01, 0xFF]))
        let entry = try #require(try await entries().first)
        try checkShape(entry)
        #expect(entry["_resourceType"] as? String == "websocket")
        let messages = try #require(entry["_webSocketMessages"] as? [Object])
        #expect(messages.map { $0["type"] as? String } == ["send", "receive"])
        #expect(messages.map { $0["opcode"] as? Int } == [1, 2])
        #expect(messages.map { $0["data"] as? String } == ["a", "/w=="])
        #expect(messages.map { $0["time"] as? Double } == [1_800_000_000.625, 1_800_000_000.625])
    }
}
