import HTTP1
import HTTPFields
import NIOCore
import Testing

@testable import Agent

struct OriginRequestTests {
    private static let pseudo = [
        (":method", "GET"), (":scheme", "https"), (":authority", "app.t.example"), (":path", "/a?b=c"),
    ]
    private static let start = "GET /a?b=c HTTP/1.1\r\nhost: app.t.example\r\n"

    private func section(_ fields: [(String, String)]) -> FieldSection {
        var section = FieldSection()
        for (name, value) in fields { section.append(name, value) }
        return section
    }

    private func head(_ fields: [(String, String)], hasBody: Bool = false) throws -> String {
        String(buffer: try OriginRequest(section(Self.pseudo + fields), hasBody: hasBody).head)
    }

    @Test func `a bare request has a request line and a host`() throws {
        #expect(try head([]) == Self.start + "\r\n")
    }

    @Test func `fields are written in their order`() throws {
        let fields = [("accept", "*/*"), ("x-a", "1"), ("x-a", "2"), ("x-empty", ""), ("te", "trailers")]
        let written = fields.map { "\($0.0): \($0.1)\r\n" }.joined()
        #expect(try head(fields) == Self.start + written + "\r\n")
    }

    @Test func `there is one host, the authority`() throws {
        #expect(try head([("host", "other.example"), ("Host", "third.example")]) == Self.start + "\r\n")
    }

    @Test func `without an authority the host field counts`() throws {
        let fields = section([(":method", "GET"), (":path", "/"), ("host", "app.t.example")])
        let request = try OriginRequest(fields, hasBody: false)
        #expect(String(buffer: request.head) == "GET / HTTP/1.1\r\nhost: app.t.example\r\n\r\n")
    }

    @Test func `cookies that HTTP 2 split are joined`() throws {
        let written = try head([("cookie", "a=1"), ("accept", "*/*"), ("cookie", "b=2"), ("cookie", "c=3; d=4")])
        #expect(written == Self.start + "accept: */*\r\ncookie: a=1; b=2; c=3; d=4\r\n\r\n")
    }

    @Test(
        arguments: [
            ("connection", "close"), ("keep-alive", "timeout=5"), ("proxy-connection", "close"), ("upgrade", "h2c"),
            ("transfer-encoding", "gzip"), ("te", "gzip"), ("http2-settings", "AAMAAABk"), (":protocol", "websocket"),
        ]
    )
    func `what belongs to one connection is not written`(name: String, value: String) throws {
        #expect(try head([(name, value)]) == Self.start + "\r\n")
    }

    // MARK: The body

    @Test func `a body of known length keeps it`() throws {
        let request = try OriginRequest(section(Self.pseudo + [("content-length", "5")]), hasBody: true)
        #expect(!request.isChunked)
        #expect(String(buffer: request.head) == Self.start + "content-length: 5\r\n\r\n")
    }

    @Test func `a body of unknown length is chunked`() throws {
        let request = try OriginRequest(section(Self.pseudo), hasBody: true)
        #expect(request.isChunked)
        #expect(String(buffer: request.head) == Self.start + "transfer-encoding: chunked\r\n\r\n")
    }

    @Test func `a request without a body is not chunked`() throws {
        #expect(try !OriginRequest(section(Self.pseudo), hasBody: false).isChunked)
    }

    @Test(arguments: [("HEAD", HTTP1ResponseParser.Request.head), ("GET", .ordinary), ("head", .ordinary)])
    func `the answer to HEAD is read without a body`(method: String, kind: HTTP1ResponseParser.Request) throws {
        let fields = section([(":method", method), (":authority", "a"), (":path", "/")])
        #expect(try OriginRequest(fields, hasBody: false).kind == kind)
    }

    // MARK: Nothing becomes a second request

    @Test(
        arguments: [
            ("x-app", "a\r\nhost: evil"), ("x-app", "a\nb"), ("x-app", "a\rb"), ("x-app", "a\0b"),
            ("x-app", "\u{7F}"), ("cookie", "a=1\r\n\r\nGET /admin HTTP/1.1"), ("x\r\nhost", "evil"), ("x app", "1"),
            ("x:app", "1"), ("", "1"),
        ]
    )
    func `a field that could begin another line is refused`(name: String, value: String) {
        #expect(throws: HTTP1Error.self) { try head([(name, value)]) }
    }

    @Test(
        arguments: [
            ("GET /admin HTTP/1.1\r\nx:", "/", "a"), ("", "/", "a"), ("G T", "/", "a"),
            ("GET", "/ HTTP/1.1\r\nhost: evil\r\n\r\n", "a"), ("GET", "/a b", "a"), ("GET", "", "a"),
            ("GET", "/\u{E9}", "a"), ("GET", "/", "a\r\nx: 1"),
        ]
    )
    func `a request line that could become two is refused`(method: String, path: String, authority: String) {
        let fields = section([(":method", method), (":path", path), (":authority", authority)])
        #expect(throws: HTTP1Error.self) { try OriginRequest(fields, hasBody: false) }
    }

    @Test(arguments: [(":method", HTTP1Error.badStartLine), (":path", .badStartLine), (":authority", .badHost)])
    func `a request without one of its parts is refused`(missing: String, error: HTTP1Error) {
        let fields = section(Self.pseudo.filter { $0.0 != missing })
        #expect(throws: error) { try OriginRequest(fields, hasBody: false) }
    }
}
