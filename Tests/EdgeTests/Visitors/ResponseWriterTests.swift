import HTTP1
import HTTPFields
import NIOCore
import Testing

@testable import Edge

struct ResponseWriterTests {
    private var writer = ResponseWriter()

    private static let get = "GET / HTTP/1.1"
    private static let idLine = "x-request-id: r-1\r\n"

    private mutating func head(
        _ status: Int,
        _ fields: [(String, String)] = [],
        to start: String = get,
        closes: Bool = false
    ) throws -> String {
        let all = [(":status", "\(status)")] + fields
        let request = try parsedHead([start, "host: app.t.example"])
        var bytes = ByteBuffer(string: "the head before")
        try writer.begin(
            status: status,
            fields: FieldSection(all),
            to: request,
            requestID: "r-1",
            closes: closes,
            into: &bytes
        )
        return String(buffer: bytes)
    }

    /// The body as a visitor gets it, from pieces as they come over the tunnel.
    private mutating func body(_ pieces: [String], trailers: FieldSection? = nil) -> String {
        var sent = ByteBuffer()
        for piece in pieces { writer.write(ByteBuffer(string: piece)) { sent.writeImmutableBuffer($0) } }
        if let end = writer.end(trailers: trailers) { sent.writeImmutableBuffer(end) }
        return String(buffer: sent)
    }

    // MARK: Framing

    @Test mutating func `a known length is kept and the body goes as it is`() throws {
        let expected = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\(Self.idLine)\r\n"
        #expect(try head(200, [("content-length", "5")]) == expected)
        #expect(!writer.isComplete)
        #expect(body(["he", "", "llo"]) == "hello")
        #expect(writer.isComplete)
        #expect(writer.keepsAlive)
    }

    @Test mutating func `a body that is shorter than its length is not complete`() throws {
        _ = try head(200, [("content-length", "5")])
        #expect(body(["hell"]) == "hell")
        #expect(!writer.isComplete)
    }

    @Test mutating func `an unknown length is chunked`() throws {
        #expect(try head(200) == "HTTP/1.1 200 OK\r\n\(Self.idLine)transfer-encoding: chunked\r\n\r\n")
        #expect(body(["hello", "", "0123456789abcdef"]) == "5\r\nhello\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n")
        #expect(writer.isComplete)
    }

    @Test mutating func `an unknown length for HTTP 1.0 lasts until the connection closes`() throws {
        #expect(try head(200, to: "GET / HTTP/1.0") == "HTTP/1.1 200 OK\r\n\(Self.idLine)connection: close\r\n\r\n")
        #expect(body(["hel", "lo"], trailers: FieldSection([("x-sum", "1")])) == "hello")
        #expect(!writer.keepsAlive)
    }

    @Test mutating func `a known length lets HTTP 1.0 go on, and says so`() throws {
        let sent = try head(200, [("content-length", "0")], to: "GET / HTTP/1.0")
        #expect(sent.hasSuffix("connection: keep-alive\r\n\r\n"))
        #expect(writer.keepsAlive)
    }

    @Test(arguments: [(200, "HEAD / HTTP/1.1"), (304, get), (304, "HEAD / HTTP/1.1")])
    mutating func `an answer without a body may say how long it would be`(status: Int, start: String) throws {
        let sent = try head(status, [("content-length", "5")], to: start)
        #expect(sent.contains("content-length: 5\r\n"))
        #expect(!sent.contains("transfer-encoding"))
        #expect(writer.isComplete)
        #expect(body(["never"]).isEmpty)
    }

    @Test(arguments: [(200, "HEAD / HTTP/1.1"), (204, get), (304, get), (200, "HEAD / HTTP/1.0")])
    mutating func `an answer without a body is neither chunked nor ends the connection`(
        status: Int,
        start: String
    ) throws {
        #expect(try !head(status, to: start).contains("transfer-encoding"))
        #expect(body([]).isEmpty)
        #expect(writer.keepsAlive)
    }

    @Test mutating func `204 never has a length`() throws {
        #expect(try head(204, [("content-length", "0")]) == "HTTP/1.1 204 No Content\r\n\(Self.idLine)\r\n")
    }

    // MARK: Trailers

    @Test mutating func `trailers follow the last chunk`() throws {
        _ = try head(200)
        let trailers = FieldSection([("x-sum", "abc"), ("server-timing", "t")])
        #expect(body(["x"], trailers: trailers) == "1\r\nx\r\n0\r\nx-sum: abc\r\nserver-timing: t\r\n\r\n")
    }

    @Test(arguments: ["content-length", "transfer-encoding", "set-cookie", "host", "authorization"])
    mutating func `a trailer that frames, routes or authenticates is left out`(name: String) throws {
        _ = try head(200)
        #expect(body([], trailers: FieldSection([(name, "1"), ("x-sum", "2")])) == "0\r\nx-sum: 2\r\n\r\n")
    }

    @Test mutating func `trailers that cannot be written do not spoil the end of the body`() throws {
        _ = try head(200)
        #expect(body([], trailers: FieldSection([("x-ok", "1"), ("x-sum", "a\r\nb: c")])) == "0\r\n\r\n")
    }

    @Test mutating func `a body of known length has no trailers`() throws {
        _ = try head(200, [("content-length", "1")])
        #expect(body(["x"], trailers: FieldSection([("x-sum", "1")])) == "x")
    }

    // MARK: Fields

    @Test mutating func `closing is said`() throws {
        let sent = try head(200, [("content-length", "0")], closes: true)
        #expect(sent.hasSuffix("connection: close\r\n\r\n"))
        #expect(!writer.keepsAlive)
    }

    @Test mutating func `what belongs to the agent's connection ends here`() throws {
        let fields = [
            ("connection", "x-hop, keep-alive"), ("x-hop", "1"), ("keep-alive", "timeout=5"), ("upgrade", "h2c"),
            ("transfer-encoding", "gzip"), ("proxy-connection", "close"), ("content-length", "0"), ("x-app", "1"),
        ]
        let expected = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nx-app: 1\r\n\(Self.idLine)\r\n"
        #expect(try head(200, fields) == expected)
    }

    @Test mutating func `the request's identifier is the edge's`() throws {
        let sent = try head(200, [("x-request-id", "forged"), ("content-length", "0")])
        #expect(!sent.contains("forged"))
        #expect(sent.contains(Self.idLine))
    }

    @Test mutating func `every cookie is kept`() throws {
        let sent = try head(200, [("set-cookie", "a=1"), ("set-cookie", "b=2")])
        #expect(sent.contains("set-cookie: a=1\r\nset-cookie: b=2\r\n"))
    }

    @Test(arguments: [
        ("x-app", "a\r\nset-cookie: b=1"), ("x-app", "a\nb"), ("x-app", "a\0b"), ("x app", "1"), ("", "1"),
    ])
    mutating func `a field that could begin another line is refused`(name: String, value: String) {
        #expect(throws: HTTP1Error.self) { try head(200, [(name, value)]) }
    }

    // MARK: Interim responses

    @Test func `an interim response is a head of its own`() throws {
        let fields = FieldSection([(":status", "103"), ("link", "</a.css>; rel=preload")])
        let sent = try ResponseWriter.interim(status: 103, fields: fields)
        #expect(String(buffer: sent) == "HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\n\r\n")
    }

    @Test func `an interim response has no framing`() throws {
        let fields = FieldSection([(":status", "103"), ("content-length", "5"), ("transfer-encoding", "chunked")])
        #expect(
            String(buffer: try ResponseWriter.interim(status: 103, fields: fields))
                == "HTTP/1.1 103 Early Hints\r\n\r\n"
        )
    }
}
