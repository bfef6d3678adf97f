import HTTPFields
import NIOCore
import Testing

@testable import Inspector

struct ReplayTests {
    private let log = ExchangeLog(pace: .zero)
    private let secret = FieldSection.request(
        "POST",
        "/login?token=hush-query&a=1",
        [
            "cookie": "id=hush-cookie", "x-note": "a", "x-note": "b", "content-type": "application/json",
            "content-length": "29",
        ]
    )
    private let body = #"{"user":"u","password":"hush"}"#

    private func lines(_ request: ReplayRequest) -> [String] {
        request.fields.entries.indices.map { index in
            let name = String(decoding: request.fields.name(at: index), as: UTF8.self)
            return "\(name): \(String(decoding: request.fields.value(at: index), as: UTF8.self))"
        }
    }

    private func refusal(_ edit: ReplayEdit, of id: Int) -> ReplayRefusal.Code? {
        do {
            _ = try log.replay(of: id, edit: edit)
            return nil
        } catch {
            return error.code
        }
    }

    private func shown(_ id: Int) throws -> ExchangeDetail { try #require(log.detail(of: id)) }

    // MARK: As it was

    @Test func `repeats what came, secrets included`() throws {
        let id = log.pass(secret, body)
        let request = try log.replay(of: id)
        #expect(
            lines(request) == [
                ":method: POST", ":scheme: https", ":authority: app.example.com", ":path: /login?token=hush-query&a=1",
                "cookie: id=hush-cookie", "x-note: a", "x-note: b", "content-type: application/json",
                "content-length: 30",
            ]
        )
        #expect(String(buffer: request.body) == body)
        #expect(request.replayOf == id && request.endpoint == "web")
    }

    @Test func `refuses what is not there as a whole`() throws {
        var limits = ExchangeLimits()
        limits.bodyBytes = 4
        let log = ExchangeLog(limits: limits)
        let id = log.pass(.request("POST"), "12345")
        #expect(
            throws: ReplayRefusal(
                .truncated,
                "Only 4 of 5 bytes of the request's body are kept, so it cannot be repeated."
            )
        ) {
            try log.replay(of: id)
        }
        let open = log.record(endpoint: "web", request: .request("POST"))
        #expect(throws: ReplayRefusal.self) { try log.replay(of: open.id) }
        #expect(throws: ReplayRefusal.self) { try log.replay(of: 99) }
        var request = FieldSection.request("CONNECT")
        request.append(":protocol", "websocket")
        let webSocket = log.pass(request)
        #expect(throws: ReplayRefusal.self) { try log.replay(of: webSocket) }
    }

    // MARK: Changed

    @Test func `keeps secrets behind the marks that a person left`() throws {
        let id = log.pass(secret, body)
        let detail = try shown(id)
        let edit = ReplayEdit(
            method: "PUT",
            path: detail.path.replacing("a=1", with: "a=2"),
            fields: detail.request.fields.filter { $0.value != "a" } + [FieldRecord(name: "X-New", value: " n ")],
            body: ReplayEdit.Body(
                encoding: .text,
                content: detail.request.body.content.replacing("\"u\"", with: "\"v\"")
            )
        )
        let request = try log.replay(of: id, edit: edit)
        #expect(
            lines(request) == [
                ":method: PUT", ":scheme: https", ":authority: app.example.com", ":path: /login?token=hush-query&a=2",
                "cookie: id=hush-cookie", "x-note: b", "content-type: application/json", "x-new: n",
                "content-length: 30",
            ]
        )
        #expect(String(buffer: request.body) == #"{"user":"v","password":"hush"}"#)
    }

    @Test func `lets no secret wander to where it would be shown`() throws {
        let id = log.pass(secret, body)
        let moved = ReplayEdit.Body(encoding: .text, content: #"{"user":"[redacted]","password":"x"}"#)
        #expect(refusal(ReplayEdit(body: moved), of: id) == .hiddenSecret)
        #expect(refusal(ReplayEdit(path: "/login?a=[redacted]"), of: id) == .hiddenSecret)
        #expect(refusal(ReplayEdit(path: "/[redacted]?token=x"), of: id) == .hiddenSecret)
        let other = FieldRecord(name: "x-note", value: "[redacted]")
        #expect(refusal(ReplayEdit(fields: [other]), of: id) == .hiddenSecret)
        let more = FieldRecord(name: "cookie", value: "id=[redacted]")
        #expect(refusal(ReplayEdit(fields: [more, more]), of: id) == .hiddenSecret)
    }

    @Test func `takes a mark for text where nothing is taken out`() throws {
        let log = ExchangeLog(redaction: .nothing)
        let id = log.pass(.request("POST"), "a")
        let edit = ReplayEdit(body: ReplayEdit.Body(encoding: .text, content: Redaction.mark))
        #expect(String(buffer: try log.replay(of: id, edit: edit).body) == Redaction.mark)
    }

    @Test func `keeps bytes that text cannot show`() throws {
        var request = FieldSection.request()
        let name = ByteBuffer(string: "x-latin").readableBytesView
        request.append(name: name, value: ByteBuffer(bytes: [0xE9]).readableBytesView)
        let id = log.pass(request)
        let edited = try log.replay(of: id, edit: ReplayEdit(fields: try shown(id).request.fields))
        #expect(edited.fields.first("x-latin").map(Array.init) == [0xE9])
    }

    @Test func `takes a body in Base64`() throws {
        let id = log.pass(.request("POST"))
        let edit = ReplayEdit(body: ReplayEdit.Body(encoding: .base64, content: "/wA="))
        let request = try log.replay(of: id, edit: edit)
        #expect(Array(request.body.readableBytesView) == [0xFF, 0x00])
        #expect(request.fields.string("content-length") == "2")
    }

    @Test(arguments: ["", "GE T", "GET\r\nX: y", "CONNECT", "GÉT", String(repeating: "A", count: 33)])
    func `refuses a method that is none`(method: String) {
        #expect(refusal(ReplayEdit(method: method), of: log.pass(.request())) == .method)
    }

    @Test(arguments: ["", "a", "http://other.example/", "/a b", "/a\r\nHost: b", "/a#b", "/ä", "*", "/\u{0}"])
    func `refuses a path that is none`(path: String) {
        #expect(refusal(ReplayEdit(path: path), of: log.pass(.request())) == .path)
    }

    @Test(arguments: [
        ("host", "other.example"), ("Host", "app.example.com"), (":path", "/"), (":authority", "b"), ("", "a"),
        ("a b", "a"), ("a:", "a"), ("x\r\nhost", "a"), ("x", "a\r\nhost: b"), ("x", "a\nb"), ("x", "a\u{0}"),
        ("x", "\u{7F}"), ("connection", "close"), ("Transfer-Encoding", "chunked"), ("transfer_encoding", "chunked"),
        ("upgrade", "h2c"), ("keep-alive", "1"), ("proxy-connection", "a"), ("te", "gzip"), ("expect", "100-continue"),
        ("ünsafe", "a"),
    ])
    func `refuses a field that no request brings through a tunnel`(name: String, value: String) {
        let edit = ReplayEdit(fields: [FieldRecord(name: name, value: value)])
        #expect(refusal(edit, of: log.pass(.request())) == .field)
    }

    @Test func `refuses too much of everything`() {
        let id = log.pass(.request())
        let many = Array(repeating: FieldRecord(name: "x", value: "y"), count: ReplayRules.maximumFields + 1)
        #expect(refusal(ReplayEdit(fields: many), of: id) == .field)
        let long = FieldRecord(name: "x", value: String(repeating: "y", count: ReplayRules.maximumBytes))
        #expect(refusal(ReplayEdit(fields: [long]), of: id) == .field)
        let body = String(repeating: "y", count: log.limits.bodyBytes + 1)
        #expect(refusal(ReplayEdit(body: .init(encoding: .text, content: body)), of: id) == .body)
        #expect(refusal(ReplayEdit(body: .init(encoding: .base64, content: "?")), of: id) == .body)
    }

    @Test func `sets the length itself`() throws {
        let id = log.pass(.request("POST"), "abc")
        let edit = ReplayEdit(fields: [
            FieldRecord(name: "Content-Length", value: "999"), FieldRecord(name: "te", value: "trailers"),
        ])
        #expect(lines(try log.replay(of: id, edit: edit)).suffix(2) == ["te: trailers", "content-length: 3"])
    }
}
