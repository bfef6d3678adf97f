import HTTPFields
import NIOCore
import Testing

@testable import HTTP1

struct HTTP2RequestHeadTests {
    private static let good = [
        (":method", "GET"), (":scheme", "http"), (":authority", "app.example:80"), (":path", "/a?b=c"),
    ]

    private func head(_ fields: [(String, String)]) throws(HTTP1Error) -> HTTP2RequestHead {
        var section = FieldSection()
        for (name, value) in fields { section.append(name, value) }
        return try HTTP2RequestHead(section)
    }

    private func replacing(_ name: String, by value: String?) -> [(String, String)] {
        Self.good.compactMap { field in
            guard field.0 == name else { return field }
            return value.map { (name, $0) }
        }
    }

    @Test func `reads what a good client sends`() throws {
        let head = try head(Self.good + [("te", "trailers"), ("cookie", "a=1"), ("cookie", "b=2")])
        #expect(String(decoding: head.method, as: UTF8.self) == "GET")
        #expect(String(decoding: head.target, as: UTF8.self) == "/a?b=c")
        #expect(String(decoding: head.authority, as: UTF8.self) == "app.example:80")
        #expect(head.connect == nil)
    }

    @Test func `takes Host in place of an authority and beside one that agrees`() throws {
        let alone = try head(replacing(":authority", by: nil) + [("host", "app.example")])
        #expect(String(decoding: alone.authority, as: UTF8.self) == "app.example")
        _ = try head(Self.good + [("host", "APP.example:80")])
    }

    @Test(arguments: [
        [("host", "other.example")], [("host", "app.example")],
        [("host", "app.example:80"), ("host", "app.example:80")],
    ])
    func `refuses a Host that says something else than the authority`(hosts: [(String, String)]) {
        #expect(throws: HTTP1Error.badHost) { try head(Self.good + hosts) }
    }

    @Test(arguments: ["", "a b", "user@app.example", "app.example/", "app.example:99999", "[::1", "%61.example"])
    func `refuses an authority that is none`(authority: String) {
        #expect(throws: HTTP1Error.badHost) { try head(replacing(":authority", by: authority)) }
    }

    @Test(arguments: ["", "a", "http://app.example/", "/a b", "/a#b", "/a\r\nX: y", "/\u{e9}", "*"])
    func `refuses a path that HTTP/1_1 could not carry`(path: String) {
        #expect(throws: HTTP1Error.badTarget) { try head(replacing(":path", by: path)) }
    }

    @Test func `knows the asterisk of OPTIONS`() throws {
        let fields = replacing(":path", by: "*").map { $0.0 == ":method" ? (":method", "OPTIONS") : $0 }
        #expect(String(decoding: try head(fields).target, as: UTF8.self) == "*")
    }

    @Test(arguments: ["", "G T", "GET\r\n", "GE\0T"])
    func `refuses a method that is no token`(method: String) {
        #expect(throws: HTTP1Error.badStartLine) { try head(replacing(":method", by: method)) }
    }

    @Test(arguments: [":method", ":scheme", ":path"])
    func `refuses a head without one of its pseudo-header fields`(name: String) {
        #expect(throws: HTTP1Error.self) { try head(replacing(name, by: nil)) }
    }

    @Test func `refuses pseudo-header fields that come twice, late or from nowhere`() {
        #expect(throws: HTTP1Error.badFieldName) { try head(Self.good + [(":path", "/")]) }
        #expect(throws: HTTP1Error.badFieldName) { try head([("accept", "*/*")] + Self.good) }
        #expect(throws: HTTP1Error.badFieldName) { try head([(":version", "2")] + Self.good) }
        #expect(throws: HTTP1Error.badFieldName) { try head([(":status", "200")] + Self.good) }
    }

    @Test(arguments: [
        ("connection", "close"), ("keep-alive", "1"), ("proxy-connection", "close"), ("upgrade", "websocket"),
        ("te", "gzip"), ("http2-settings", "AAMAAABk"),
    ])
    func `refuses fields of a connection`(name: String, value: String) {
        #expect(throws: HTTP1Error.badConnection) { try head(Self.good + [(name, value)]) }
    }

    @Test func `refuses chunks, two lengths and lengths that are no numbers`() {
        #expect(throws: HTTP1Error.self) { try head(Self.good + [("transfer-encoding", "chunked")]) }
        for lengths in [["1", "1"], ["+4"], ["4,4"], [""], ["0x4"], ["99999999999999999999"]] {
            #expect(throws: HTTP1Error.badContentLength) {
                try head(Self.good + lengths.map { ("content-length", $0) })
            }
        }
        #expect(throws: HTTP1Error.badContentLength) { try head(Self.good + [("content_length", "4")]) }
    }

    @Test(arguments: ["a\r\nb: c", "a\nb", "a\0", " a", "a ", "\ta", "a\u{7f}"])
    func `refuses values that would be other lines in HTTP/1_1`(value: String) {
        #expect(throws: HTTP1Error.badFieldValue) { try head(Self.good + [("x", value)]) }
    }

    @Test(arguments: ["", "X-A", "a b", "a:b", "a\r\nb"])
    func `refuses names that are no small tokens`(name: String) {
        #expect(throws: HTTP1Error.badFieldName) { try head(Self.good + [(name, "v")]) }
    }

    @Test func `tells a plain CONNECT from an extended one`() throws {
        let plain = try head([(":method", "CONNECT"), (":authority", "app.example:443")])
        guard case .plain = plain.connect else {
            Issue.record("not plain")
            return
        }
        let extended = try head(
            [(":method", "CONNECT"), (":protocol", "websocket")] + Self.good.dropFirst()
        )
        guard case .extended(let name) = extended.connect else {
            Issue.record("not extended")
            return
        }
        #expect(String(decoding: name, as: UTF8.self) == "websocket")
        #expect(throws: HTTP1Error.badStartLine) { try head(Self.good + [(":protocol", "websocket")]) }
        #expect(throws: HTTP1Error.badTarget) {
            try head([(":method", "CONNECT"), (":authority", "a:1"), (":path", "/")])
        }
    }
}
