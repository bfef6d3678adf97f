import HTTP1
import HTTPFields
import NIOCore
import Testing

struct RequestParserTests {
    private func transcript(_ text: String) -> Transcript { .requests([Array(text.utf8)]) }

    private func head(_ text: String) throws -> HTTP1RequestHead {
        var parser = HTTP1RequestParser(limits: HTTP1Limits())
        var buffer = ByteBuffer(string: text)
        guard case .head(let head) = try parser.next(&buffer) else { throw MissingPart() }
        return head
    }

    private struct MissingPart: Error {}

    @Test(arguments: RequestSamples.valid)
    func `takes what is in order`(sample: Sample) {
        let transcript = Transcript.requests([sample.bytes])
        #expect(transcript.error == nil)
        #expect(transcript.events == sample.parts)
    }

    @Test(arguments: RequestSamples.hostile)
    func `refuses what is not`(sample: Sample) {
        #expect(Transcript.requests([sample.bytes]).error == sample.error)
    }

    @Test(arguments: RequestSamples.valid + RequestSamples.hostile)
    func `comes to the same verdict however the bytes are cut`(sample: Sample) {
        let whole = Transcript.requests([sample.bytes])
        for cut in sample.cuts { #expect(Transcript.requests(cut) == whole) }
    }

    @Test func `reads a head`() {
        let read = transcript("GET /path?q=1 HTTP/1.1\r\nHost: Example.com:81\r\nA: \t b c \t\r\n\r\n")
        #expect(
            read.events == [
                "GET /path?q=1 of Example.com:81 http11 none persists {Host=Example.com:81} {A=b c}", "end",
            ]
        )
    }

    @Test func `reads pipelined requests one after the other`() {
        let read = transcript(
            "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nabGET /2 HTTP/1.1\r\nHost: b\r\n\r\n"
                + "POST /3 HTTP/1.1\r\nHost: c\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n2\r\nyz\r\n0\r\n\r\nGET"
        )
        #expect(
            read.events == [
                "POST /1 of a http11 length(2) persists {Host=a} {Content-Length=2}", "body ab", "end",
                "GET /2 of b http11 none persists {Host=b}", "end",
                "POST /3 of c http11 chunked persists {Host=c} {Transfer-Encoding=chunked}", "body xyz", "end",
            ]
        )
        #expect(read.error == nil)
    }

    @Test(arguments: ["\u{16}", "\0", " ", "(", "\r\n\u{16}"])
    func `refuses another protocol at its first byte`(text: String) {
        #expect(transcript(text).error == .badStartLine)
    }

    @Test func `stays failed after an error`() {
        var parser = HTTP1RequestParser(limits: HTTP1Limits())
        var buffer = ByteBuffer(string: "GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(throws: HTTP1Error.badHost) { try parser.next(&buffer) }
        #expect(throws: HTTP1Error.badHost) { try parser.next(&buffer) }
    }

    @Test func `hands on a body without copying or waiting for the rest`() throws {
        var parser = HTTP1RequestParser(limits: HTTP1Limits())
        var buffer = ByteBuffer(string: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775807\r\n\r\nab")
        guard case .head(let head) = try parser.next(&buffer) else { throw MissingPart() }
        #expect(head.framing == .length(.max))
        guard case .body(let data) = try parser.next(&buffer) else { throw MissingPart() }
        #expect(data == ByteBuffer(string: "ab"))
        #expect(try parser.next(&buffer) == nil)
    }

    @Test(arguments: [
        ("GET http://b/x HTTP/1.0\r\n\r\n", "/x", "b"), ("GET http://a HTTP/1.1\r\nHost: A\r\n\r\n", "/", "a"),
        ("GET https://a?q HTTP/1.1\r\nHost: a\r\n\r\n", "/?q", "a"),
        ("OPTIONS http://a HTTP/1.1\r\nHost: a\r\n\r\n", "*", "a"),
        ("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", "a:1", "a:1"),
        ("GET //b/ HTTP/1.1\r\nHost: a\r\n\r\n", "//b/", "a"),
    ])
    func `finds the path and the authority in each form of target`(text: String, path: String, host: String) throws {
        let head = try head(text)
        #expect(head.target.elementsEqual(path.utf8))
        #expect(head.authority?.elementsEqual(host.utf8) == true)
    }

    @Test func `knows nobody to ask when HTTP/1.0 names no host`() throws {
        #expect(try head("GET / HTTP/1.0\r\n\r\n").authority == nil)
    }

    @Test(arguments: [
        "a", "a.b:65535", "1.2.3.4:1", "[::]", "[::1]:80", "[1:2:3:4:5:6:7:8]", "[1::8]", "[1:2:3:4:5:6:7::]",
    ])
    func `takes names and addresses as Host`(host: String) throws {
        #expect(try head("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n").authority?.elementsEqual(host.utf8) == true)
    }

    @Test(arguments: [
        ("1.1", "", true), ("1.1", "Connection: close\r\n", false), ("1.1", "Connection: x, CLOSE\r\n", false),
        ("1.0", "", false), ("1.0", "Connection: Keep-Alive\r\n", true),
        ("1.0", "Connection: keep-alive\r\nConnection: close\r\n", false),
    ])
    func `knows whether the connection persists`(version: String, lines: String, persists: Bool) throws {
        #expect(try head("GET / HTTP/\(version)\r\nHost: a\r\n\(lines)\r\n").keepAlive == persists)
    }

    @Test(arguments: [("1.1", "5", true), ("1.1", "0", false), ("1.0", "5", false)])
    func `knows whether the visitor waits for a 100`(version: String, length: String, waits: Bool) throws {
        let text = "PUT / HTTP/\(version)\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: \(length)\r\n\r\n"
        #expect(try head(text).expectsContinue == waits)
    }
}

struct UpgradeTests {
    private func upgrade(_ text: String) throws -> HTTP1RequestHead.Upgrade? {
        var parser = HTTP1RequestParser(limits: HTTP1Limits())
        var buffer = ByteBuffer(string: text)
        guard case .head(let head) = try parser.next(&buffer) else { return nil }
        return head.upgrade
    }

    @Test func `recognises a complete WebSocket handshake`() throws {
        #expect(try upgrade(RequestSamples.webSocket()) == .webSocket)
    }

    @Test(arguments: [
        RequestSamples.webSocket(line: "POST /chat HTTP/1.1"),
        RequestSamples.webSocket(upgrade: "Upgrade: websocket, h2c"),
        RequestSamples.webSocket(upgrade: "Upgrade: h2c\r\nUpgrade: WebSocket"),
        RequestSamples.webSocket(upgrade: "Upgrade: websocket\r\nUpgrade: websocket"),
        RequestSamples.webSocket(key: "A: b"), RequestSamples.webSocket(key: "Sec-WebSocket-Key: short"),
        RequestSamples.webSocket(key: "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ!="),
        RequestSamples.webSocket(version: "Sec-WebSocket-Version: 8"), RequestSamples.webSocket(version: "A: b"),
        RequestSamples.webSocket(more: "Content-Length: 5\r\n"),
        RequestSamples.webSocket(more: "Transfer-Encoding: chunked\r\n"),
    ])
    func `tells a wrong one from a right one`(text: String) throws {
        #expect(try upgrade(text) == .malformedWebSocket)
    }

    @Test(arguments: [
        RequestSamples.webSocket(connection: "keep-alive"), RequestSamples.webSocket(upgrade: "A: b"),
        RequestSamples.webSocket(line: "GET /chat HTTP/1.0"), RequestSamples.webSocket(upgrade: "Upgrade: h2c"),
        RequestSamples.webSocket(upgrade: "Upgrade: websocketish"),
    ])
    func `ignores what does not ask for it`(text: String) throws { #expect(try upgrade(text) == nil) }
}
