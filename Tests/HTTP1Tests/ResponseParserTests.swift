import HTTP1
import HTTPFields
import NIOCore
import Testing

struct ResponseParserTests {
    private func read(
        _ text: String,
        to request: HTTP1ResponseParser.Request = .ordinary,
        closes: Bool = false
    ) -> Transcript {
        .response([Array(text.utf8)], to: request, closes: closes)
    }

    static let valid: [Sample] = [
        Sample(
            "a length",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            ["200 http11 length(5) persists {Content-Length=5}", "body hello", "end"]
        ),
        Sample(
            "chunks",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\n",
            ["200 http11 chunked persists {Transfer-Encoding=chunked}", "body hello", "end {A=b}"]
        ),
        Sample("until the end", "HTTP/1.1 200 OK\r\n\r\nhello", ["200 http11 untilClose closes", "body hello", "end"]),
        Sample(
            "HTTP/1.0",
            "HTTP/1.0 404 Not Found\r\nContent-Length: 1\r\n\r\nx",
            ["404 http10 length(1) closes {Content-Length=1}", "body x", "end"]
        ),
        Sample(
            "hints first",
            "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
            ["interim 103 http11 none persists {Link=a}", "204 http11 none persists", "end"]
        ),
        Sample("no reason", "HTTP/1.1 204 \r\n\r\n", ["204 http11 none persists", "end"]),
        Sample("no space before no reason", "HTTP/1.1 204\r\n\r\n", ["204 http11 none persists", "end"]),
        Sample("a reason above ASCII", "HTTP/1.1 204 é\r\n\r\n", ["204 http11 none persists", "end"]),
        Sample(
            "304 with a length",
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n",
            ["304 http11 none persists {Content-Length=500}", "end"]
        ),
    ]

    static let hostile: [Sample] = [
        Sample("no HTTP", "SSH-2.0-OpenSSH_9.6\r\n\r\n", .badStartLine),
        Sample("HTTP/2", "HTTP/2 200 OK\r\n\r\n", .badStartLine),
        Sample("HTTP/2.0", "HTTP/2.0 200 OK\r\n\r\n", .badVersion),
        Sample("a version in small letters", "http/1.1 200 OK\r\n\r\n", .badStartLine),
        Sample("a code of two digits", "HTTP/1.1 20 OK\r\n\r\n", .badStartLine),
        Sample("a code of four digits", "HTTP/1.1 2000 OK\r\n\r\n", .badStartLine),
        Sample("a code below 100", "HTTP/1.1 099 OK\r\n\r\n", .badStartLine),
        Sample("a code above 599", "HTTP/1.1 600 OK\r\n\r\n", .badStartLine),
        Sample("a signed code", "HTTP/1.1 +20 OK\r\n\r\n", .badStartLine),
        Sample("two spaces before the code", "HTTP/1.1  200 OK\r\n\r\n", .badStartLine),
        Sample("nothing behind the version", "HTTP/1.1\r\n\r\n", .badStartLine),
        Sample("NUL in the reason", "HTTP/1.1 200 \0\r\n\r\n", .badStartLine),
        Sample("a CR in the reason", "HTTP/1.1 200 O\rK\r\n\r\n", .badLineEnd),
        Sample("a bare LF", "HTTP/1.1 200 OK\nA: b\r\n\r\n", .badLineEnd),
        Sample("an empty line first", "\r\nHTTP/1.1 200 OK\r\n\r\n", .badStartLine),
        Sample("a length and chunks", framed("Content-Length: 5\r\nTransfer-Encoding: chunked"), .conflictingFraming),
        Sample("two lengths that agree", framed("Content-Length: 5\r\nContent-Length: 5"), .badContentLength),
        Sample("two lengths that differ", framed("Content-Length: 5\r\nContent-Length: 6"), .badContentLength),
        Sample("another coding", framed("Transfer-Encoding: gzip"), .unsupportedTransferEncoding),
        Sample("a list of codings", framed("Transfer-Encoding: gzip, chunked"), .badTransferEncoding),
        Sample("chunks in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", .badTransferEncoding),
        Sample("a folded field", framed("A: b\r\n c"), .foldedField),
        Sample("a CR before a name", framed("A: b\r\n\rC: d"), .badFieldName),
        Sample("100 with a length", "HTTP/1.1 100 Continue\r\nContent-Length: 0\r\n\r\n", .conflictingFraming),
        Sample("103 with chunks", "HTTP/1.1 103 x\r\nTransfer-Encoding: chunked\r\n\r\n", .conflictingFraming),
        Sample("101 that nobody asked for", "HTTP/1.1 101 Switching Protocols\r\n\r\n", .unexpectedUpgrade),
        Sample("100 in HTTP/1.0", "HTTP/1.0 100 Continue\r\n\r\n", .badStartLine),
        Sample("bytes behind a length", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab", .surplusBytes),
        Sample("bytes behind 204", "HTTP/1.1 204 No Content\r\n\r\nx", .surplusBytes),
        Sample("bytes behind 304", "HTTP/1.1 304 x\r\nContent-Length: 5\r\n\r\nhello", .surplusBytes),
        Sample("a second response", "HTTP/1.1 204 x\r\n\r\nHTTP/1.1 204 x\r\n\r\n", .surplusBytes),
        Sample("bytes behind chunks", framed("Transfer-Encoding: chunked") + "0\r\n\r\nx", .surplusBytes),
        Sample("a bad chunk", framed("Transfer-Encoding: chunked") + "x\r\n", .badChunk),
    ]

    private static func framed(_ lines: String) -> String { "HTTP/1.1 200 OK\r\n\(lines)\r\n\r\n" }

    /// Answers to a WebSocket's request, which to any other request are hostile.
    static let upgrades: [Sample] = [
        Sample(
            "101 and bytes of the new protocol",
            "HTTP/1.1 101 x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n\u{1}\r\nHTTP/1.1 200 OK\r\n\r\n",
            .unexpectedUpgrade
        ),
        Sample(
            "hints, then 101",
            "HTTP/1.1 103 x\r\n\r\nHTTP/1.1 101 x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
            .unexpectedUpgrade
        ),
        Sample(
            "101 with a length",
            "HTTP/1.1 101 x\r\nConnection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 1\r\n\r\nx",
            .conflictingFraming
        ),
    ]

    @Test(arguments: upgrades)
    func `refuses the answer to an upgrade that nobody asked for`(sample: Sample) {
        #expect(Transcript.response([sample.bytes]).error == sample.error)
        #expect(Transcript.response([sample.bytes], to: .head).error == sample.error)
    }

    @Test func `takes nothing behind a 101 for HTTP`() {
        let transcript = read(String(decoding: Self.upgrades[0].bytes, as: UTF8.self), to: .upgrade)
        #expect(transcript.error == nil)
        #expect(transcript.events.last == "body \u{1}\r\nHTTP/1.1 200 OK\r\n\r\n")
    }

    @Test(arguments: valid)
    func `takes what is in order`(sample: Sample) {
        let transcript = Transcript.response([sample.bytes], closes: true)
        #expect(transcript.error == nil)
        #expect(transcript.events == sample.parts)
    }

    @Test(arguments: hostile)
    func `refuses what is not`(sample: Sample) {
        #expect(Transcript.response([sample.bytes]).error == sample.error)
    }

    @Test(arguments: valid + hostile + upgrades, [HTTP1ResponseParser.Request.ordinary, .head, .upgrade])
    func `comes to the same verdict however the bytes are cut`(sample: Sample, request: HTTP1ResponseParser.Request) {
        let whole = Transcript.response([sample.bytes], to: request, closes: true)
        for cut in sample.cuts { #expect(Transcript.response(cut, to: request, closes: true) == whole) }
    }

    @Test func `hands on interim responses before the final one`() {
        let text = "HTTP/1.1 103 x\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab"
        let expected = [
            "interim 103 http11 none persists {Link=a}", "200 http11 length(2) persists {Content-Length=2}", "body ab",
            "end",
        ]
        #expect(read(text).events == expected)
    }

    @Test(arguments: ["Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", ""])
    func `never expects a body in answer to HEAD`(lines: String) {
        let transcript = read("HTTP/1.1 200 OK\r\n\(lines)\r\n", to: .head)
        #expect(transcript.error == nil)
        #expect(transcript.events.last == "end")
        #expect(read("HTTP/1.1 200 OK\r\n\(lines)\r\nx", to: .head).error == .surplusBytes)
    }

    @Test func `ends a body without framing with the connection`() {
        #expect(read("HTTP/1.1 200 OK\r\n\r\nhello").events == ["200 http11 untilClose closes", "body hello"])
        #expect(read("HTTP/1.1 200 OK\r\n\r\nhello", closes: true).events.last == "end")
    }

    @Test(arguments: [
        "", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nA: b\r\n", "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
    ])
    func `never hides that a response was cut`(text: String) {
        #expect(read(text, closes: true).error == .truncated)
    }

    @Test func `hands on a new protocol after the 101 that was asked for`() {
        let text = "HTTP/1.1 101 x\r\nConnection: upgrade\r\nUpgrade: WebSocket\r\n\r\n\u{1}\r\n"
        let transcript = read(text, to: .upgrade, closes: true)
        #expect(
            transcript.events == [
                "upgraded 101 http11 none persists {Connection=upgrade} {Upgrade=WebSocket}", "body \u{1}\r\n", "end",
            ]
        )
    }

    @Test(arguments: [
        "", "Upgrade: websocket\r\n", "Connection: upgrade\r\n", "Connection: close\r\nUpgrade: websocket\r\n",
        "Connection: upgrade\r\nUpgrade: h2c\r\n", "Connection: upgrade\r\nUpgrade: websocket, h2c\r\n",
        "Connection: upgrade\r\nUpgrade: websocket\r\nUpgrade: websocket\r\n",
    ])
    func `refuses a 101 that does not say what was asked for`(lines: String) {
        #expect(read("HTTP/1.1 101 x\r\n\(lines)\r\n", to: .upgrade).error == .unexpectedUpgrade)
    }

    @Test func `takes the refusal of an upgrade for an ordinary response`() {
        let transcript = read("HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n", to: .upgrade)
        #expect(transcript.events == ["426 http11 length(0) persists {Content-Length=0}", "end"])
    }

    @Test(arguments: [
        ("HTTP/1.1", "", true), ("HTTP/1.1", "Connection: close\r\n", false), ("HTTP/1.0", "", false),
        ("HTTP/1.0", "Connection: keep-alive\r\n", true), ("HTTP/1.0", "Connection: keep-alive, close\r\n", false),
    ])
    func `knows whether the connection persists`(version: String, lines: String, persists: Bool) {
        let transcript = read("\(version) 200 OK\r\nContent-Length: 0\r\n\(lines)\r\n")
        #expect(transcript.events.first?.contains(persists ? "persists" : "closes") == true)
    }

    @Test func `refuses bytes that come before a request`() {
        var parser = HTTP1ResponseParser(limits: HTTP1Limits())
        var buffer = ByteBuffer(string: "HTTP/1.1 204 No Content\r\n\r\n")
        #expect(throws: HTTP1Error.surplusBytes) { try parser.next(&buffer) }
    }

    @Test func `fails when a request is sent before the response to the last one has ended`() throws {
        var parser = HTTP1ResponseParser(limits: HTTP1Limits())
        var buffer = ByteBuffer(string: "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
        parser.expect(.ordinary)
        _ = try parser.next(&buffer)
        parser.expect(.ordinary)
        #expect(throws: HTTP1Error.surplusBytes) { try parser.next(&buffer) }
    }

    @Test func `hands on what only looks like framing, which no visitor reads as such`() {
        let transcript = read("HTTP/1.1 204 x\r\nContent_Length: 5\r\nTransfer_Encoding: chunked\r\n\r\n")
        #expect(
            transcript.events == ["204 http11 none persists {Content_Length=5} {Transfer_Encoding=chunked}", "end"]
        )
    }

    @Test func `reads one response after another`() throws {
        var parser = HTTP1ResponseParser(limits: HTTP1Limits())
        for _ in 0..<3 {
            var buffer = ByteBuffer(string: "HTTP/1.1 204 No Content\r\n\r\n")
            parser.expect(.ordinary)
            guard case .head = try parser.next(&buffer), case .end = try parser.next(&buffer) else {
                Issue.record("a part is missing")
                return
            }
            #expect(try parser.next(&buffer) == nil)
        }
        #expect(try parser.connectionClosed() == nil)
    }
}
